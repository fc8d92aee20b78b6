-- KEYS are the marks, each a hash of failures and until. ARGV is what to do, the
-- time in milliseconds, and four numbers for each mark: its limit.
local what, now = ARGV[1], tonumber(ARGV[2])

local function limit(i, n) return tonumber(ARGV[2 + 4 * (i - 1) + n]) end

local function delay(i, failures)
  local beyond = failures - limit(i, 1)
  if beyond <= 0 then return 0 end
  return math.min(limit(i, 2) * 2 ^ math.min(beyond - 1, 40), limit(i, 3))
end

local function number(key, field) return tonumber(redis.call('HGET', key, field) or 0) end

local function block(i, key, failures)
  local d = delay(i, failures)
  if d > 0 then
    redis.call('HSET', key, 'until', string.format('%.0f', math.max(now + d, number(key, 'until'))))
  end
end

if what == 'forget' then return redis.call('DEL', unpack(KEYS)) end

if what == 'failed' then
  for i, key in ipairs(KEYS) do
    block(i, key, redis.call('HINCRBY', key, 'failures', 1))
    redis.call('PEXPIRE', key, limit(i, 4))
  end
  return 0
end

local wait = 0
for _, key in ipairs(KEYS) do wait = math.max(wait, number(key, 'until') - now) end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local failures = number(key, 'failures')
  if failures > 0 then block(i, key, failures) end
end
return 0
