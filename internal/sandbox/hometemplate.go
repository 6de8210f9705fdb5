package sandbox

// homeTemplate is the portal's page. What changes by itself is inside #live,
// which holds nothing that can have the keyboard's focus.
const homeTemplate = pageHead + `<title>Sandbox portal {{.Portal}}</title>
<script src="/sandbox.js" defer></script>
</head>
<body>
<main>
<p class="note">Sandbox portal: not HubSpot, no real account</p>
<h1>Portal {{.Portal}}</h1>
<p id="done" role="status">{{.Done}}</p>
<div class="controls">
<form method="post" action="/">
<h2>Faults</h2>
<p class="buttons">{{range .Buttons}}<button class="plain" name="do" value="{{.Do}}"{{if eq .Do $.Pressed}} autofocus{{end}}>{{.Label}}</button>
{{end}}<button name="do" value="clear"{{if eq "clear" $.Pressed}} autofocus{{end}}>Clear all faults</button></p>
</form>
<form method="post" action="/">
<h2>Clock</h2>
<p class="buttons">{{range .Clock}}<button class="plain" name="do" value="{{.Do}}"{{if eq .Do $.Pressed}} autofocus{{end}}>{{.Label}}</button>
{{end}}</p>
</form>
<form method="post" action="/">
<h2><label for="plan">Limits</label></h2>
<p class="buttons"><select id="plan" name="plan">
{{range .Plans}}<option{{if eq . $.Plan}} selected{{end}}>{{.}}</option>
{{end}}</select>
<button class="plain" name="do" value="plan"{{if eq "plan" $.Pressed}} autofocus{{end}}>Change</button></p>
</form>
</div>
<div id="live" class="live">
<p>Its time is {{.Now}}. Limits: {{.Plan}}.{{if .Offline}} <strong>It cannot be reached.</strong>{{end}}</p>
<section>
<h2>Last requests</h2>
{{if .Requests}}<table class="requests">
<thead><tr><th>Time</th><th>Call</th><th>Status</th><th>App</th><th class="n">ms</th></tr></thead>
<tbody>{{range .Requests}}<tr{{if .Bad}} class="bad"{{end}}><td>{{.Time}}</td><td class="path">{{.Method}} {{.Path}}</td><td>{{if .Status}}{{.Status}}{{else}}none{{end}}{{if .Fault}} <small>{{.Fault}}</small>{{end}}</td><td>{{.App}}</td><td class="n">{{.MS}}</td></tr>
{{end}}</tbody>
</table>{{else}}<p>None yet.</p>{{end}}
</section>
<section>
<h2>Limits in use</h2>
<table>
<thead><tr><th>Bucket</th><th>Window</th><th class="n">Used</th><th></th></tr></thead>
<tbody>{{range .Use}}<tr><td>{{.Name}}</td><td>{{.Window}}</td><td class="n">{{.Used}}{{if .Limit}} of {{.Limit}}{{end}}</td><td>{{if .Limit}}<meter min="0" max="{{.Limit}}" value="{{.Used}}" aria-label="{{.Name}}, {{.Window}}: {{.Used}} of {{.Limit}}"></meter>{{else}}no limit{{end}}</td></tr>
{{end}}</tbody>
</table>
<h2>Calls since the start</h2>
<table>
<thead><tr><th>Bucket</th><th class="n">Made</th><th class="n">Refused</th><th class="n">Most in a window</th></tr></thead>
<tbody>{{range .Buckets}}<tr><td>{{.Name}}</td><td class="n">{{.Requests}}</td><td class="n">{{.Rejected}}</td><td class="n">{{.Peak}}</td></tr>
{{end}}</tbody>
</table>
</section>
<section>
<h2>Active faults</h2>
{{if .Faults}}<table>
<thead><tr><th>Kind</th><th>Where</th><th class="n">Struck</th></tr></thead>
<tbody>{{range .Faults}}<tr><td>{{.Kind}} {{if .Status}}{{.Status}}{{end}}{{.Error}}</td><td>{{if or .Match.Method .Match.Path}}{{.Match.Method}} {{.Match.Path}}{{else}}every call{{end}}</td><td class="n">{{.Struck}}{{if .Count}} of {{.Count}}{{end}}</td></tr>
{{end}}</tbody>
</table>{{else}}<p>None. More of them with <code>POST /_sandbox/faults</code>.</p>{{end}}
{{with .Webhooks}}<h2>Webhooks</h2>
<p>To <code>{{.Target}}</code>: {{.Stats.Delivered}} delivered, {{.Stats.Waiting}} waiting, {{.Stats.Failed}} given up.{{with .Stats.LastFailure}} Last failure: {{.}}{{end}}</p>
{{end}}<h2>Records</h2>
<table class="records">
<thead><tr><th>Type</th><th>Live</th></tr></thead>
<tbody>{{range .Records}}<tr><td>{{.Name}}</td><td>{{.Count}}</td></tr>
{{end}}</tbody>
</table>
</section>
</div>
<p class="note"><a href="/">Refresh</a></p>
</main>
</body>
</html>
`

// script keeps the figures of the page fresh. Without it there is the link.
const script = `const live = document.getElementById('live');
async function refresh() {
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.getElementById('live');
    if (next) live.replaceChildren(...next.childNodes);
  } catch {
    // the portal has ended; the last figures stay
  }
  setTimeout(refresh, 2000);
}
setTimeout(refresh, 2000);
`

const stylesheet = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, CanvasText 20%, transparent); --edge: color-mix(in srgb, CanvasText 40%, transparent); --act: #0b5cad; --bad: light-dark(#b3261e, #ff9d94); }
body { margin: 0; display: grid; place-items: start center; min-height: 100vh; background: Canvas; color: CanvasText; }
main { max-width: 72rem; width: calc(100% - 3rem); margin: 1.5rem; }
main.narrow { max-width: 34rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; }
h2 { font-size: 1.05rem; margin: 1rem 0 .35rem; }
a { color: light-dark(#0b5cad, #8ec5ff); }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .5rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; font-size: .85rem; }
.n, .records td + td, .records th + th { text-align: right; }
.path { overflow-wrap: anywhere; }
.bad td { color: var(--bad); }
small { opacity: .85; }
meter { width: 7rem; height: .9rem; }
fieldset { border: 1px solid var(--edge); border-radius: .4rem; margin: 0 0 1rem; }
.choice { display: flex; gap: .5rem; align-items: baseline; padding: .2rem 0; }
.choice:has(:disabled) { opacity: .7; }
.scopes { padding-left: 1.2rem; }
.scopes code { opacity: .75; font-size: .8rem; }
select, button { font: inherit; padding: .35rem .7rem; border-radius: .4rem; border: 1px solid var(--edge); }
select { background: Canvas; color: CanvasText; }
.narrow select { width: 100%; }
button { cursor: pointer; background: var(--act); color: #fff; border-color: var(--act); }
button.plain { background: transparent; color: inherit; border-color: var(--edge); }
:focus-visible { outline: 3px solid light-dark(#0b5cad, #8ec5ff); outline-offset: 2px; }
.note { font-size: .85rem; opacity: .85; }
#done { min-height: 1.5em; margin: 0; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; }
.controls { display: flex; flex-wrap: wrap; gap: 0 2rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
.live { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 2.5rem; }
.live > p { grid-column: 1 / -1; margin: .75rem 0 0; }
.live > section:first-of-type { grid-column: 1 / -1; }
@media (max-width: 640px) { .live { grid-template-columns: minmax(0, 1fr); } }
`
