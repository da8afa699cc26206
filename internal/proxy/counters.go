package proxy

// Counters is what one loop counted for one frontend, backend or server
// (management guide 9.1). Only that loop writes it; readers have the loop copy
// it for them.
type Counters struct {
	Connections  int64 // conn_tot: accepted by a frontend
	Sessions     int64 // stot
	Requests     int64 // req_tot
	BytesIn      int64 // from clients
	BytesOut     int64 // to clients
	DeniedReq    int64
	DeniedRes    int64
	DeniedConn   int64
	DeniedSess   int64
	Unfit        int64 // rewritings that found no room
	ReqErrors    int64
	ConnErrors   int64
	ResErrors    int64
	Retries      int64
	Redispatches int64
	Intercepted  int64 // answered by the proxy itself
	Status       [6]int64
	ClientAborts int64
	ServerAborts int64
	Chosen       int64 // lbtot
	Connects     int64
	Reuses       int64
	Failed       int64 // internal errors, panics contained
	LastSession  int64 // unix ns

	Proven  int64 // idle connections of a server that were used again before
	Private int64 // idle connections of a server that are one client's alone

	Rate    Rate // sessions
	ReqRate Rate // requests
	ConRate Rate // connections

	QueueTime, ConnectTime, ResponseTime, TotalTime Average
}

// Add sums o into c; averages and rates are merged as far as they can be.
func (c *Counters) Add(o *Counters, now int64) {
	c.Connections += o.Connections
	c.Sessions += o.Sessions
	c.Requests += o.Requests
	c.BytesIn += o.BytesIn
	c.BytesOut += o.BytesOut
	c.DeniedReq += o.DeniedReq
	c.DeniedRes += o.DeniedRes
	c.DeniedConn += o.DeniedConn
	c.DeniedSess += o.DeniedSess
	c.Unfit += o.Unfit
	c.ReqErrors += o.ReqErrors
	c.ConnErrors += o.ConnErrors
	c.ResErrors += o.ResErrors
	c.Retries += o.Retries
	c.Redispatches += o.Redispatches
	c.Intercepted += o.Intercepted
	for i := range c.Status {
		c.Status[i] += o.Status[i]
	}
	c.ClientAborts += o.ClientAborts
	c.ServerAborts += o.ServerAborts
	c.Chosen += o.Chosen
	c.Connects += o.Connects
	c.Reuses += o.Reuses
	c.Failed += o.Failed
	c.Proven += o.Proven
	c.Private += o.Private
	c.LastSession = max(c.LastSession, o.LastSession)
	c.Rate.merge(&o.Rate, now)
	c.ReqRate.merge(&o.ReqRate, now)
	c.ConRate.merge(&o.ConRate, now)
	c.QueueTime.merge(&o.QueueTime)
	c.ConnectTime.merge(&o.ConnectTime)
	c.ResponseTime.merge(&o.ResponseTime)
	c.TotalTime.merge(&o.TotalTime)
}

// Rate counts events by second.
type Rate struct {
	second    int64
	cur, last int64
	max       int64
}

// Hit counts an event at the moment now (ns).
func (r *Rate) Hit(now int64) {
	r.roll(now)
	r.cur++
	if r.cur > r.max {
		r.max = r.cur
	}
}

func (r *Rate) roll(now int64) {
	s := now / 1e9
	if s == r.second {
		return
	}
	if s == r.second+1 {
		r.last = r.cur
	} else {
		r.last = 0
	}
	r.cur, r.second = 0, s
}

func (r *Rate) merge(o *Rate, now int64) {
	r.roll(now)
	x := *o
	x.roll(now)
	r.cur += x.cur
	r.last += x.last
	r.max += x.max
}

// PerSecond returns the events of the last second, sliding, and Max the most
// seen in one.
func (r *Rate) PerSecond(now int64) int64 {
	r.roll(now)
	return r.cur + r.last*(1e9-now%1e9)/1e9
}

// Max returns the most events seen within one second.
func (r *Rate) Max() int64 { return r.max }

// Average is a moving average over about the last 512 samples.
type Average struct {
	sum   int64 // of the last samples, decaying
	count int64
}

const averageOver = 512

// Put adds a sample.
func (a *Average) Put(v int64) {
	if a.count < averageOver {
		a.sum += v
		a.count++
		return
	}
	a.sum += v - a.sum/averageOver
}

func (a *Average) merge(o *Average) {
	a.sum += o.sum
	a.count += o.count
}

// Value returns the average, 0 without samples.
func (a *Average) Value() int64 {
	if a.count == 0 {
		return 0
	}
	return a.sum / a.count
}
