// needs: asterisk-22
import { onAsterisk } from './on-asterisk.ts'

onAsterisk(22)
