package proxy

import (
	"context"
	"net"
	"strings"

	"stockroom/bench/program"
)

// krakendConfig passes answers on as they are (no-op), or reads and writes them
// again (json), which is what KrakenD is for.
const krakendConfig = `{
	"version": 3, "name": "bench", "listen_ip": "{{.Host}}", "port": {{.Port}}, "timeout": "10s",
	"output_encoding": "{{.Encoding}}",
	"endpoints": [
		{"endpoint": "/api/v1/products/{id}", "input_headers": ["*"], "output_encoding": "{{.Encoding}}",
			"backend": [{"host": ["http://{{.Backend}}"], "url_pattern": "/api/v1/products/{id}", "encoding": "{{.Encoding}}"}]},
		{"endpoint": "/api/v1/users/me", "input_headers": ["*"], "output_encoding": "{{.Encoding}}",
			"backend": [{"host": ["http://{{.Backend}}"], "url_pattern": "/api/v1/users/me", "encoding": "{{.Encoding}}"}]}
	]
}`

// KrakenD is its engine, built from bench/krakend, which writes the log of gin.
func KrakenD(encoding string) Proxy {
	return Proxy{"KrakenD's engine, " + encoding, func(_ context.Context, at Place, addr string) (program.Command, error) {
		file, err := at.built("krakend")
		if err != nil {
			return program.Command{}, err
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return program.Command{}, err
		}
		text := strings.NewReplacer("{{.Host}}", host, "{{.Port}}", port, "{{.Encoding}}", encoding).Replace(krakendConfig)
		config, err := at.write("krakend-"+encoding+".json", text, addr)
		return program.Command{
			Name: "krakend-" + encoding, Version: consists(file, "github.com/luraproject/lura/v2"), Args: []string{file, "-c", config},
		}, err
	}}
}
