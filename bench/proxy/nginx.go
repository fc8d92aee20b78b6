package proxy

import (
	"context"
	"path/filepath"

	"stockroom/bench/program"
)

// nginxConfig has what guides to much traffic agree on: a worker for each
// processor, connections kept on both sides, a log that is written in blocks.
const nginxConfig = `
daemon off;
worker_processes auto;
pid {{.Dir}}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
	access_log {{.Dir}}/nginx-access.log combined buffer=64k flush=1s;
	sendfile on;
	tcp_nopush on;
	tcp_nodelay on;
	keepalive_timeout 75s;
	keepalive_requests 100000000;
	server_tokens off;
	client_body_temp_path {{.Dir}}/nginx-body;
	proxy_temp_path {{.Dir}}/nginx-proxy;
	fastcgi_temp_path {{.Dir}}/nginx-fastcgi;
	uwsgi_temp_path {{.Dir}}/nginx-uwsgi;
	scgi_temp_path {{.Dir}}/nginx-scgi;
	upstream backend {
		server {{.Backend}};
		keepalive 64;
		keepalive_requests 100000000;
	}
	server {
		listen {{.Addr}} reuseport;
		location / {
			proxy_pass http://backend;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $host;
			proxy_set_header X-Request-Id $request_id;
			proxy_set_header X-Forwarded-For $remote_addr;
		}
	}
}
`

// Nginx is the one of the system.
func Nginx() Proxy {
	return Proxy{"nginx", func(ctx context.Context, at Place, addr string) (program.Command, error) {
		file, err := installed("nginx")
		if err != nil {
			return program.Command{}, err
		}
		config, err := at.write("nginx.conf", nginxConfig, addr)
		return program.Command{
			Name: "nginx", Version: said(ctx, file), Args: []string{file, "-p", at.Dir, "-c", config, "-e", filepath.Join(at.Dir, "nginx-error.log")},
			Logs: []string{"nginx-access.log", "nginx-error.log"},
		}, err
	}}
}
