package sample

func fetchUniqueID(c *Ctx, s *Sample) bool {
	if c.Identity == nil {
		return false
	}
	id := c.Identity.UniqueID()
	return id != nil && s.setStr(id)
}
