-- Takes ARGV[3] tokens from the bucket KEYS[1], which gains ARGV[1] a second and
-- holds at most ARGV[2], and returns what it holds then. What was taken was
-- taken: it may fall below zero, but not further than it can be above.
local rate, burst, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local known = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(known[1]) or burst, tonumber(known[2]) or now
level = math.min(burst, level + math.max(0, now - at) * rate)
level = math.max(-burst, level - spent)
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - level) / rate * 1000) + 1000)
return tostring(level)
