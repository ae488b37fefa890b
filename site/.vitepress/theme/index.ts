import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import RightsCalculator from './RightsCalculator.vue'
import './style.css'

// VitePress reads it from here
// biome-ignore lint/style/noDefaultExport: see above
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('RightsCalculator', RightsCalculator)
  },
} satisfies Theme
