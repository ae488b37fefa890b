// needs: asterisk-16
import { throughRestarts } from './through-restarts.ts'

throughRestarts(16)
