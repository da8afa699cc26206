package build

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// connOptions makes the options of one side; probes is nil where there are none.
func connOptions(o *config.ConnOptions, probes *config.Probes) proxy.ConnOptions {
	c := proxy.ConnOptions{
		NoLinger: o.NoLinger, NoDelay: o.NoDelay, Independent: o.IndependentStreams,
		SpliceUp: o.SpliceRequest, SpliceDown: o.SpliceResponse, SpliceAuto: o.SpliceAuto,
	}
	if probes != nil {
		c.KeepAlive = &sys.KeepAlive{Count: probes.Count, Idle: wholeSeconds(probes.Idle), Interval: wholeSeconds(probes.Interval)}
	}
	return c
}

func clientOptions(o *config.ConnOptions) proxy.ConnOptions {
	if o.ClientKeepAlive {
		return connOptions(o, &o.ClientProbes)
	}
	return connOptions(o, nil)
}

func serverOptions(o *config.ConnOptions) proxy.ConnOptions {
	if o.ServerKeepAlive {
		return connOptions(o, &o.ServerProbes)
	}
	return connOptions(o, nil)
}

// wholeSeconds rounds up: the kernel counts in seconds, and 0 would mean its own
// value.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
