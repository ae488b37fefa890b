// needs: asterisk-22
import { throughRestarts } from './through-restarts.ts'

throughRestarts(22)
