package sandbox

import "satchel/internal/sandbox/hooks"

// Webhooks is what the portal sends to an app, seen from this machine.
type Webhooks struct {
	AppID         int64                `json:"app_id"`
	Target        string               `json:"target,omitempty"` // "" while the app has said none
	Subscriptions []hooks.Subscription `json:"subscriptions"`
	Disturbance   hooks.Disturbance    `json:"disturbance"`
	Stats         hooks.Stats          `json:"stats"`
}

// Webhooks returns where the app's webhooks go and what became of them. It is
// safe for concurrent use.
func (p *Portal) Webhooks() Webhooks {
	out := Webhooks{
		AppID: p.auth.AppID, Subscriptions: p.pushes.Subscriptions(),
		Disturbance: p.pushes.Disturbance(), Stats: p.pushes.Stats(),
	}
	if s, err := p.pushes.Settings(); err == nil {
		out.Target = s.TargetURL
	}
	return out
}

// DisturbWebhooks delivers events twice or out of order, which HubSpot does not
// rule out, until it is called with the zero value. A Duplicate that is no
// probability is refused.
func (p *Portal) DisturbWebhooks(d hooks.Disturbance) error {
	if err := p.pushes.Disturb(d); err != nil {
		return invalid("%s", err)
	}
	return nil
}

// webhookControls mounts the two over HTTP.
func (p *Portal) webhookControls(on func(pattern string, h func(body []byte) (any, error))) {
	on("GET /_sandbox/webhooks", func([]byte) (any, error) { return p.Webhooks(), nil })
	on("POST /_sandbox/webhooks", func(body []byte) (any, error) {
		var d hooks.Disturbance
		if err := decodeKnown(body, &d); err != nil {
			return nil, err
		}
		err := p.DisturbWebhooks(d)
		return p.Webhooks(), err
	})
}
