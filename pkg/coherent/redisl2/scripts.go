package redisl2

import "github.com/redis/go-redis/v9"

// All keys of a cache have one hash tag, so that a script may use them together:
//
//	{name:v1}:w      e epoch · w watermark · lg last event for lists · g generation ·
//	                 h last commit beyond w, as it was, that a value was filled as of
//	{name:v1}:p:id   g · a as of · v version · d value     or     g · l token of a claim
//	{name:v1}:q:text the same for a list
//
// v1 is the schema of the whole: another schema has another watermark, so that
// processes of two versions never rely on what the other one does not drop.
//
// What is of another generation than the watermark has been forgotten. A number
// could not say so: it may be larger and yet stem from a database that has been
// replaced by an older state of itself.
var (
	// KEYS: watermark, slot. ARGV: epoch, need, token, lease in ms, 1 for a list.
	getScript = named("get", `
local m = redis.call('HMGET', KEYS[1], 'e', 'w', 'lg', 'g')
if not m[2] or m[1] ~= ARGV[1] then return {'behind', -1} end
local w = tonumber(m[2])
if w < tonumber(ARGV[2]) then return {'behind', w} end
local x = redis.call('HMGET', KEYS[2], 'g', 'l', 'a', 'v', 'd')
if x[1] == m[4] then
  if x[5] and (ARGV[5] ~= '1' or tonumber(x[3]) >= tonumber(m[3])) then
    return {'hit', w, tonumber(x[3]), tonumber(x[4]), x[5]}
  end
  if x[2] and x[2] ~= ARGV[3] then return {'wait', w} end
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'g', m[4], 'l', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {'claimed', w}`)

	// KEYS: watermark, slot. ARGV: epoch, 1 for a list. It writes nothing.
	peekScript = named("peek", `
local m = redis.call('HMGET', KEYS[1], 'e', 'w', 'lg', 'g')
if not m[2] or m[1] ~= ARGV[1] then return {'behind', -1} end
local w = tonumber(m[2])
local x = redis.call('HMGET', KEYS[2], 'g', 'l', 'a', 'v', 'd')
if x[1] ~= m[4] then return {'missing', w} end
if x[2] then return {'wait', w} end
if not x[5] or (ARGV[2] == '1' and tonumber(x[3]) < tonumber(m[3])) then return {'missing', w} end
return {'hit', w, tonumber(x[3]), tonumber(x[4]), x[5]}`)

	// KEYS: watermark, slot. ARGV: epoch, token, 1 for a list, as of, version,
	// value, time to live in ms; without the last four the claim just ends.
	fillScript = named("fill", `
local x = redis.call('HMGET', KEYS[2], 'g', 'l')
if x[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
if not ARGV[7] then return 0 end
local m = redis.call('HMGET', KEYS[1], 'e', 'w', 'lg', 'g', 'h')
if not m[2] or m[1] ~= ARGV[1] or m[4] ~= x[1] then return 0 end
local a = tonumber(ARGV[4])
if ARGV[3] == '1' and a < tonumber(m[3]) then return 0 end
if a > tonumber(m[2]) and a > tonumber(m[5] or 0) then redis.call('HSET', KEYS[1], 'h', ARGV[4]) end
redis.call('HSET', KEYS[2], 'g', m[4], 'a', ARGV[4], 'v', ARGV[5], 'd', ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return 1`)

	// KEYS: watermark, slots. ARGV: epoch, seq, 1 if lists may have changed.
	applyScript = named("apply", `
local m = redis.call('HMGET', KEYS[1], 'e', 'w', 'g')
if not m[2] or m[1] ~= ARGV[1] then return -1 end
local w, s = tonumber(m[2]), tonumber(ARGV[2])
if s ~= w + 1 then return w end
for i = 2, #KEYS do
  local x = redis.call('HMGET', KEYS[i], 'g', 'a')
  if x[1] ~= m[3] or not x[2] or tonumber(x[2]) < s then redis.call('DEL', KEYS[i]) end
end
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'lg', ARGV[2]) end
redis.call('HSET', KEYS[1], 'w', ARGV[2])
return s`)

	// KEYS: watermark. ARGV: epoch, seq, a generation never used before, 1 if
	// neither the watermark nor a value may be further.
	resetScript = named("reset", `
local m = redis.call('HMGET', KEYS[1], 'e', 'w', 'h')
if m[2] and m[1] == ARGV[1] then
  local w, s = tonumber(m[2]), tonumber(ARGV[2])
  if ARGV[4] ~= '1' then
    if w >= s then return 0 end
  elseif w == s and tonumber(m[3] or 0) <= s then
    return 0
  end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'e', ARGV[1], 'w', ARGV[2], 'lg', ARGV[2], 'g', ARGV[3])
return 1`)

	// KEYS: slot. ARGV: the value that cannot be read.
	discardScript = named("discard", `
if redis.call('HGET', KEYS[1], 'd') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)
)

// script is a script with a name for people.
type script struct {
	*redis.Script
	name string
}

func named(name, source string) script { return script{redis.NewScript(source), name} }
