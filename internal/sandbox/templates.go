package sandbox

const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/sandbox.css">
`

const authorizeTemplate = pageHead + `<title>Connect {{.App}}</title>
</head>
<body>
<main class="narrow">
<p class="note">Sandbox portal: not HubSpot, no real account</p>
<h1>Connect {{.App}} to a HubSpot account</h1>
<form method="post" action="{{.Action}}">
{{range $name, $value := .Query}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}{{if .Accounts}}<fieldset>
<legend>Choose an account</legend>
{{range .Accounts}}<label class="choice"><input type="radio" name="account" value="{{.ID}}"{{if .Here}} checked{{else}} disabled{{end}}> <span>{{.Name}} <small>{{.ID}}{{if not .Here}}, not available in the sandbox{{end}}</small></span></label>
{{end}}</fieldset>
{{else}}<p>Account: <strong>{{.Domain}}</strong> <small>{{.Portal}}</small></p>
{{end}}<label for="user">Connect as</label>
<select id="user" name="user">
{{range $i, $user := .Users}}<option value="{{$user.Email}}"{{if eq $i 0}} selected{{end}}>{{$user.FirstName}} {{$user.LastName}} ({{$user.Email}})</option>
{{end}}</select>
<h2>The app will be able to</h2>
<ul class="scopes">{{range .Scopes}}<li>{{.Words}} <code>{{.Scope}}</code></li>
{{end}}</ul>
<p class="buttons">
<button id="authorize" type="submit" name="decision" value="allow">Connect app</button>
<button id="deny" type="submit" name="decision" value="deny" class="plain">Cancel</button>
</p>
</form>
</main>
</body>
</html>
`

const complaintTemplate = pageHead + `<title>Something is wrong</title>
</head>
<body>
<main>
<h1>The app cannot be connected</h1>
<p id="error">{{.}}</p>
</main>
</body>
</html>
`

const homeTemplate = pageHead + `<title>Sandbox portal {{.Portal}}</title>
</head>
<body>
<main>
<p class="note">Sandbox portal: not HubSpot, no real account</p>
<h1>Portal {{.Portal}}</h1>
<p>Its time is {{.Now}}. Limits: {{.Limits}}.</p>
<table>
<thead><tr><th>Records</th><th>Live</th></tr></thead>
<tbody>{{range .Records}}<tr><td>{{.Name}}</td><td>{{.Count}}</td></tr>{{end}}</tbody>
</table>
<table>
<thead><tr><th>Calls</th><th>Made</th><th>Refused</th><th>Most in a window</th><th>Limit</th></tr></thead>
<tbody>{{range .Buckets}}<tr><td>{{.Name}}</td><td>{{.Requests}}</td><td>{{.Rejected}}</td><td>{{.Peak}}</td><td>{{.Limit}}</td></tr>{{end}}</tbody>
</table>
<h2>Faults</h2>
{{if .Faults}}<table>
<thead><tr><th>Kind</th><th>Method</th><th>Path</th><th>Struck</th></tr></thead>
<tbody>{{range .Faults}}<tr><td>{{.Kind}} {{if .Status}}{{.Status}}{{end}}</td><td>{{.Match.Method}}</td><td>{{.Match.Path}}</td><td>{{.Struck}}</td></tr>{{end}}</tbody>
</table>{{else}}<p>None. Add one with <code>POST /_sandbox/faults</code>.</p>{{end}}
</main>
</body>
</html>
`

const stylesheet = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: start center; min-height: 100vh; background: Canvas; color: CanvasText; }
main { max-width: 46rem; width: calc(100% - 3rem); margin: 3rem 1.5rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
td + td, th + th { font-variant-numeric: tabular-nums; }
select, button { font: inherit; padding: .45rem .8rem; border-radius: .4rem; border: 1px solid color-mix(in srgb, CanvasText 40%, transparent); }
select { width: 100%; }
button { cursor: pointer; background: #0b5cad; color: #fff; border-color: #0b5cad; }
button.plain { background: transparent; color: inherit; border-color: color-mix(in srgb, CanvasText 40%, transparent); }
.note { font-size: .85rem; opacity: .8; }
.buttons { display: flex; gap: .75rem; }
`
