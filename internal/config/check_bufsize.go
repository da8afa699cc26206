package config

// largeBuffers checks the size of large buffers against that of the others.
func (c *checker) largeBuffers() {
	t := &c.spec.Global.Tune
	usual := t.BufSize
	if usual == 0 {
		usual = 16384
	}
	switch n := t.BufSizeLarge; {
	case n == 0:
	case n >= maxBufSize:
		c.alert(Pos{}, "global.tune.bufsize_large must be below 256 MB when HTTP is in use (current value = %d).", n)
	case n < usual:
		c.warn(Pos{}, "tune.bufsize.large (%d) is lower than tune.bufsize (%d). large buffers support is disabled. Please fix either value to remove this warning.", n, usual)
		t.BufSizeLarge = 0
	}
}
