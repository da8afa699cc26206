package stream

// challenge asks the client for a name and a password, by the page of that status.
// Who takes us for a proxy is asked by one.
func (st *stream) challenge(realm string) {
	if realm == "" {
		realm = st.fe.Name
		if st.be != nil && st.be.Spec != st.fe.Spec {
			realm = st.be.Name
		}
	}
	status, field := 401, "www-authenticate"
	if st.proxied {
		status, field = 407, "proxy-authenticate"
	}
	st.asks = field + ": Basic realm=\"" + realm + "\"\r\n"
	st.page(status)
}
