# Makes haproxy.service of sluice.service: the files and directories are those of HAProxy's package.
s|^Description=.*|Description=HAProxy Load Balancer (Sluice)|
s|/etc/sluice/sluice.cfg|/etc/haproxy/haproxy.cfg|
s|/run/sluice/master.sock|/run/haproxy-master.sock|
s|/etc/default/sluice|/etc/default/haproxy|
s|/run/sluice/sluice.pid|/run/haproxy.pid|
s|/var/lib/sluice|/var/lib/haproxy|
s|^StateDirectory=.*|StateDirectory=haproxy|
s|^ConfigurationDirectory=.*|ConfigurationDirectory=haproxy|
# /run/haproxy belongs to the user haproxy, see tmpfiles.d.
/^RuntimeDirectory/d
