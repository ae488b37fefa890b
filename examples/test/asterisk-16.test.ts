// needs: asterisk-16
import { onAsterisk } from './on-asterisk.ts'

onAsterisk(16)
