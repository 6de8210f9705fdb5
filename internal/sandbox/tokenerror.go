package sandbox

import "net/http"

// refusal is why the token endpoint gives nothing; fact sheet 1.7.
type refusal struct {
	code    string // RFC 6749's
	message string
	older   string // what v1 says, "" for the same
}

// refusalOf knows the statuses of fact sheet 1.7.
func refusalOf(status string) (refusal, bool) {
	switch status {
	case "BAD_REFRESH_TOKEN":
		return refusal{"invalid_grant", "refresh token is invalid, expired or revoked", "missing or invalid refresh token"}, true
	case "BAD_AUTH_CODE":
		return refusal{"invalid_grant", "missing or unknown auth code", ""}, true
	case "BAD_CLIENT_ID":
		return refusal{"invalid_client", "missing or unknown client id", ""}, true
	case "BAD_CLIENT_SECRET":
		return refusal{"invalid_client", "missing or invalid client secret", ""}, true
	case "BAD_REDIRECT_URI":
		return refusal{"invalid_grant", "missing or invalid redirect uri", ""}, true
	case "BAD_GRANT_TYPE":
		return refusal{"unsupported_grant_type", "missing or unknown grant type", ""}, true
	case "BAD_SCOPES":
		return refusal{"invalid_scope", "missing or unknown scopes", ""}, true
	case "BAD_CODE_VERIFIER":
		return refusal{"invalid_grant", "missing or invalid code verifier", ""}, true
	case "BAD_HUB":
		return refusal{"access_denied", "missing or unknown hub id", ""}, true
	default:
		return refusal{}, false
	}
}

// tokenFailure is the token endpoint's error body; fact sheet 1.7.
type tokenFailure struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Status      string `json:"status"`
	Message     string `json:"message"`
}

// hubFailure is the one that was captured without a description.
type hubFailure struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	Error   string `json:"error"`
}

// refuseToken is a token endpoint's error: from v3 on with RFC 6749's code, in
// v1 the older body with a correlationId in place of it.
func refuseToken(version, status string) (answer, error) {
	r, known := refusalOf(status)
	switch {
	case !known:
		return answer{}, &apiError{code: http.StatusBadRequest, Message: "There was a problem with the request."}
	case version == "v1":
		message := r.message
		if r.older != "" {
			message = r.older
		}
		return answer{}, &apiError{code: http.StatusBadRequest, Status: status, Message: message}
	case status == "BAD_HUB":
		return answer{code: http.StatusBadRequest, body: encodeJSON(hubFailure{status, r.message, r.code})}, nil
	default:
		return answer{code: http.StatusBadRequest, body: encodeJSON(tokenFailure{r.code, r.message, status, r.message})}, nil
	}
}

// tokenLimit is the token endpoint's own 429; fact sheet 1.3.
func tokenLimit() *apiError {
	return &apiError{code: http.StatusTooManyRequests, Message: "You have reached your rate limit.", ErrorType: "RATE_LIMIT"}
}
