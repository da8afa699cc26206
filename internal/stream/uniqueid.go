package stream

// UniqueID is the identifier of the request, made when
// it is first asked for (manual 4.2, "unique-id-format"); nil when there is none.
// A format that asks for the identifier it is making finds none.
func (st *stream) UniqueID() []byte {
	f := st.fe.UniqueID
	if f == nil || st.identified || st.http && len(st.method) == 0 {
		return st.uniqueID
	}
	st.identified = true
	if x := &st.ctx; len(st.method) > 0 { // the identifier is the request's, whoever asks
		response, req, res := x.Response, x.Req, x.Res
		x.Response, x.Req, x.Res = false, &st.req, nil
		defer func() { x.Response, x.Req, x.Res = response, req, res }()
	}
	st.fill(true)
	// Not in one step: until it is complete there is none.
	st.uniqueID = f.Append(st.uniqueIDBuf[:0], &st.entry, &st.ctx)
	st.uniqueIDBuf = st.uniqueID
	return st.uniqueID
}

// tellUniqueID tells the server the request's identifier ("unique-id-header").
func (st *stream) tellUniqueID() {
	if name := st.fe.UniqueIDHeader; name != nil {
		if id := st.UniqueID(); len(id) > 0 {
			st.req.Add(name, id)
		}
	}
}
