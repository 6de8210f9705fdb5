package sandbox

import (
	"strconv"
	"strings"
)

// Of the app's webhooks the whole life is driven: settings, subscriptions and
// what is refused of either.
func driveWebhooks(d *drive) {
	other := d.base
	d.base = strings.Replace(d.base, "{app}", strconv.FormatInt(d.p.Credentials().AppID, 10), 1)
	d.call(404, "GET", "/settings", "")
	d.call(404, "DELETE", "/settings", "")
	const target = `"targetUrl":"http://localhost:9/hooks"`
	d.call(200, "PUT", "/settings", `{`+target+`,"throttling":{"maxConcurrentRequests":12}}`)
	d.call(200, "GET", "/settings", "")
	d.call(400, "PUT", "/settings", `{`+target+`,"throttling":{"maxConcurrentRequests":5}}`)
	d.call(400, "PUT", "/settings", `{"targetUrl":"ftp://localhost/","throttling":{"maxConcurrentRequests":12}}`)
	d.driveHooks()
	d.call(204, "DELETE", "/settings", "")

	d.do(404, "GET", strings.Replace(other, "{app}", "1", 1)+"/subscriptions", "")
	narrow, nobody := d.as(d.narrow()), d.as("")
	for method, rest := range map[string]string{"GET": "/subscriptions", "DELETE": "/settings"} {
		narrow.do(403, method, d.base+rest, "")
		nobody.do(401, method, d.base+rest, "")
	}
}

func (d *drive) driveHooks() {
	d.t.Helper()
	id := "/" + d.call(201, "POST", "/subscriptions", `{"eventType":"contact.propertyChange","propertyName":"email","active":true}`).str("id")
	d.call(201, "POST", "/subscriptions", `{"eventType":"object.creation","objectTypeId":"0-3","active":false}`)
	d.call(409, "POST", "/subscriptions", `{"eventType":"object.creation","objectTypeId":"0-3","active":false}`)
	d.call(400, "POST", "/subscriptions", `{"eventType":"contact.propertyChange","active":true}`)
	d.call(400, "POST", "/subscriptions", `{"eventType":"contact.wedding","active":true}`)
	d.call(200, "GET", "/subscriptions", "")
	d.call(200, "GET", "/subscriptions"+id, "")
	d.call(200, "PATCH", "/subscriptions"+id, `{"active":false}`)
	d.call(200, "PATCH", "/subscriptions"+id, `{}`)
	d.call(404, "PATCH", "/subscriptions/999", `{"active":false}`)
	d.call(200, "POST", "/subscriptions/batch/update", `{"inputs":[{"id":`+id[1:]+`,"active":true}]}`)
	d.call(207, "POST", "/subscriptions/batch/update", `{"inputs":[{"id":`+id[1:]+`,"active":true},{"id":999,"active":true}]}`)
	d.call(400, "POST", "/subscriptions/batch/update", `{"inputs":[]}`)
	d.call(204, "DELETE", "/subscriptions"+id, "")
	d.call(404, "DELETE", "/subscriptions"+id, "")
	d.call(404, "GET", "/subscriptions"+id, "")
}
