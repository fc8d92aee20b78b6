package proxy

import (
	"context"

	"stockroom/bench/program"
)

// haproxyConfig has a thread for each processor, which is the default, and
// shares idle connections to the backend between clients. The log goes to
// standard output, which is a file here, with a line for each request.
const haproxyConfig = `
global
	maxconn 4000
	log stdout format raw local0
defaults
	mode http
	log global
	option httplog
	option forwardfor
	timeout connect 5s
	timeout client 30s
	timeout server 30s
	timeout http-request 10s
	timeout http-keep-alive 75s
frontend door
	bind {{.Addr}}
	unique-id-format %[uuid()]
	unique-id-header X-Request-Id
	default_backend backend
backend backend
	http-reuse always
	server one {{.Backend}}
`

// HAProxy is the one of the system.
func HAProxy() Proxy {
	return Proxy{"HAProxy", func(ctx context.Context, at Place, addr string) (program.Command, error) {
		file, err := installed("haproxy")
		if err != nil {
			return program.Command{}, err
		}
		config, err := at.write("haproxy.cfg", haproxyConfig, addr)
		return program.Command{Name: "haproxy", Version: said(ctx, file), Args: []string{file, "-db", "-f", config}}, err
	}}
}
