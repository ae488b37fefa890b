// Who works in the simulated call centre, who calls, and its dialplan.

/** The queues, each with its strategy. */
export const QUEUES: Readonly<Record<string, string>> = {
  support: 'rrmemory',
  sales: 'leastrecent',
  billing: 'ringall',
  'service-de': 'rrmemory',
  vip: 'ringall',
}

/** Those who answer, each with his queues. */
export const AGENTS: readonly { readonly exten: string; readonly name: string; readonly queues: readonly string[] }[] =
  [
    { exten: '201', name: 'Anna Berg', queues: ['support', 'vip'] },
    { exten: '202', name: 'Ben Okafor', queues: ['support', 'sales'] },
    { exten: '203', name: 'Carla Mendes', queues: ['support'] },
    { exten: '204', name: 'Deniz Yılmaz', queues: ['support', 'billing'] },
    { exten: '205', name: 'Elin Söderström', queues: ['sales'] },
    { exten: '206', name: 'Farid Haddad', queues: ['sales', 'vip'] },
    { exten: '207', name: 'Grete Hansen', queues: ['sales'] },
    { exten: '208', name: 'Hiro Tanaka', queues: ['billing'] },
    { exten: '209', name: 'Ines Costa', queues: ['billing', 'support'] },
    { exten: '210', name: 'Jonas Weiß', queues: ['service-de', 'support'] },
    { exten: '211', name: 'Katja Braun', queues: ['service-de'] },
    { exten: '212', name: 'Lars Vogel', queues: ['service-de', 'billing'] },
    { exten: '213', name: 'Mei Chen', queues: ['vip', 'sales'] },
    { exten: '214', name: 'Noah Williams', queues: ['support'] },
  ]

/** Those who call: name and number. The numbers are of ranges that nobody has. */
export const CALLERS: readonly (readonly [name: string, number: string])[] = [
  ['Olga Petrova', '+442079460101'],
  ['Paul Martin', '+442079460102'],
  ['Quinn Taylor', '+15550100'],
  ['Rosa García', '+15550101'],
  ['Sven Lund', '+15550102'],
  ['Tomás Silva', '+15550103'],
  ['Uta Keller', '+493023125001'],
  ['Vera Novak', '+493023125002'],
  ['Wei Zhang', '+493023125003'],
  ['Ximena Ruiz', '+442079460103'],
  ['Yusuf Demir', '+442079460104'],
  ['Zoe Laurent', '+15550104'],
  ['', '+15550105'],
  ['', 'anonymous'],
]

/** Why somebody pauses. */
export const PAUSES = ['lunch', 'coffee', 'training', 'back office'] as const

/** The dialplan: calls from outside go to queues, those from inside to colleagues, outside, rooms or the lot. */
export const DIALPLAN = `[incoming]
exten => support,1,Answer()
 same => n,Queue(support)
 same => n,Hangup()
exten => sales,1,Answer()
 same => n,Queue(sales)
 same => n,Hangup()
exten => billing,1,Answer()
 same => n,Queue(billing)
 same => n,Hangup()
exten => service-de,1,Answer()
 same => n,Queue(service-de)
 same => n,Hangup()
exten => vip,1,Answer()
 same => n,Queue(vip)
 same => n,Hangup()
exten => parked,1,Answer()
 same => n,Park()
 same => n,Hangup()
[inside]
exten => team,1,Answer()
 same => n,ConfBridge(team)
 same => n,Hangup()
exten => daily,1,Answer()
 same => n,ConfBridge(daily)
 same => n,Hangup()
exten => _2XX,1,Dial(PJSIP/\${EXTEN},20)
 same => n,Hangup()
exten => _9X.,1,Dial(PJSIP/trunk-north,30)
 same => n,Hangup()
exten => _X.,1,Dial(PJSIP/trunk-south,30)
 same => n,Hangup()
`
