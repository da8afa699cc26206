package http1

// id names the fields the codec or most configurations look at, so that finding them is comparing bytes, not strings.
type id uint8

const (
	idOther id = iota
	// Fields that belong to one message or one connection: not allowed in a trailer (RFC 9110 §6.5.1).
	idHost
	idConnection
	idContentLength
	idTransferEncoding
	idUpgrade
	idExpect
	idKeepAlive
	idTE
	idTrailer
	idProxyConnection
	// Fields that rules often ask for.
	idXForwardedFor
	idCookie
	idSetCookie
	idUserAgent
	idContentType
	idLocation
)

// idLastOwn is the last of the fields that mean something to the codec itself.
const idLastOwn = idProxyConnection

var idNames = [...]string{
	idHost:             "host",
	idConnection:       "connection",
	idContentLength:    "content-length",
	idTransferEncoding: "transfer-encoding",
	idUpgrade:          "upgrade",
	idExpect:           "expect",
	idKeepAlive:        "keep-alive",
	idTE:               "te",
	idTrailer:          "trailer",
	idProxyConnection:  "proxy-connection",
	idXForwardedFor:    "x-forwarded-for",
	idCookie:           "cookie",
	idSetCookie:        "set-cookie",
	idUserAgent:        "user-agent",
	idContentType:      "content-type",
	idLocation:         "location",
}

// lookupID returns the id of a lower-case name.
func lookupID(name string) id {
	switch name {
	case "te":
		return idTE
	case "host":
		return idHost
	case "expect":
		return idExpect
	case "cookie":
		return idCookie
	case "upgrade":
		return idUpgrade
	case "trailer":
		return idTrailer
	case "location":
		return idLocation
	case "connection":
		return idConnection
	case "keep-alive":
		return idKeepAlive
	case "set-cookie":
		return idSetCookie
	case "user-agent":
		return idUserAgent
	case "content-type":
		return idContentType
	case "content-length":
		return idContentLength
	case "x-forwarded-for":
		return idXForwardedFor
	case "proxy-connection":
		return idProxyConnection
	case "transfer-encoding":
		return idTransferEncoding
	}
	return idOther
}

// lookupIDFold is lookupID for a name in any case. The length and the first letter leave one candidate.
func lookupIDFold(name []byte) id {
	if len(name) < 2 || len(name) > 17 {
		return idOther
	}
	var k id
	first := name[0] | 0x20
	switch len(name) {
	case 2:
		k = idTE
	case 4:
		k = idHost
	case 6:
		if first == 'e' {
			k = idExpect
		} else {
			k = idCookie
		}
	case 7:
		if first == 'u' {
			k = idUpgrade
		} else {
			k = idTrailer
		}
	case 8:
		k = idLocation
	case 10:
		switch first {
		case 'c':
			k = idConnection
		case 'k':
			k = idKeepAlive
		case 's':
			k = idSetCookie
		case 'u':
			k = idUserAgent
		default:
			return idOther
		}
	case 12:
		k = idContentType
	case 14:
		k = idContentLength
	case 15:
		k = idXForwardedFor
	case 16:
		k = idProxyConnection
	case 17:
		k = idTransferEncoding
	default:
		return idOther
	}
	s := idNames[k]
	if s[0] != first {
		return idOther
	}
	for i, c := range name {
		if i < len(s) && c|0x20 != s[i] { // exact, for no byte of a token but '-' becomes '-'
			return idOther
		}
	}
	return k
}
