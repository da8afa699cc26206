package sample

// fetchInt compiles to a number of the stream.
func fetchInt(get func(*Ctx) int64) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool { return s.setInt(get(c)) })
}

func prioClass(c *Ctx) int64  { return int64(c.PrioClass) }
func prioOffset(c *Ctx) int64 { return int64(c.PrioOffset) }

func backendRetries(c *Ctx) int64 { return int64(c.Retries.Backend) }
func currentRetries(c *Ctx) int64 { return int64(c.Retries.Max()) }
