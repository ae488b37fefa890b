// needs: asterisk-22
import { pagesThroughRestarts } from './pages-through-restarts.ts'
import { throughRestarts } from './through-restarts.ts'

throughRestarts(22)
pagesThroughRestarts(22)
