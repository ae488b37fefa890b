// needs: asterisk-16
import { pagesThroughRestarts } from './pages-through-restarts.ts'
import { throughRestarts } from './through-restarts.ts'

throughRestarts(16)
pagesThroughRestarts(16)
