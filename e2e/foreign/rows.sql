-- The password of all is Correct-Horse-7. Each row comes a minute after the one
-- before; the digits at the end of the ids tell rows apart.
insert into users
select id, email, username, hash, role::userrole, active,
    timestamp '2024-02-29 12:00:00.123456' + n * interval '1 minute',
    timestamp '2024-02-29 12:00:00.123456' + n * interval '90 minutes', deleted
from (values
    (1, '7d1c2a4e-0000-4000-8000-000000000001', 'Ada@Example.com', 'Ada', '$hash', 'ADMIN', true, false),
    (2, '7d1c2a4e-0000-4000-8000-000000000002', 'bob@example.com', 'bob@home', '$hash', 'USER', true, false),
    (3, '7d1c2a4e-0000-4000-8000-000000000003', 'other@example.com', 'ADA', '$hash', 'USER', true, false),
    (4, '7d1c2a4e-0000-4000-8000-000000000004', 'ada@example.COM', 'ada-4', '$hash', 'USER', true, false),
    (5, '7d1c2a4e-0000-4000-8000-000000000005', 'aDa@example.com', 'aDa', '$hash', 'USER', true, true),
    (6, '7d1c2a4e-0000-4000-8000-000000000006', 'blank@example.com', '   ', '$hash', 'USER', true, false),
    (7, '7d1c2a4e-0000-4000-8000-000000000007', ' carol@example.com', 'carol  ', '$hash', 'USER', true, false),
    (8, '7D1C2A4E-0000-4000-8000-000000000008', 'dora@example.com', 'do', '$hash', 'USER', true, false),
    (9, '7d1c2a4e-0000-4000-8000-00000000000a', 'eve@example.com', 'eve', '$hash', 'USER', false, false),
    (10, '7D1C2A4E-0000-4000-8000-00000000000A', 'twin@example.com', 'twin', '$hash', 'USER', true, false),
    (11, 'eleven', 'eleven@example.com', 'eleven', '$hash', 'USER', true, false),
    (12, '7d1c2a4e-0000-4000-8000-00000000000c', 'fay@example.com', 'Jürgen', '$hash', 'USER', true, false),
    (13, '7d1c2a4e-0000-4000-8000-00000000000d', 'gil@example.com', 'JÜRGEN', '$hash', 'USER', true, false),
    (14, '7d1c2a4e-0000-4000-8000-00000000000e', 'hal@example.com', 'hal', 'md5:0123', 'USER', true, false),
    (15, '7d1c2a4e-0000-4000-8000-00000000000f', 'no address', 'ivy', '$hash', 'USER', true, false),
    (16, '7d1c2a4e-0000-4000-8000-000000000010', null, 'jay', '$hash', 'USER', null, false)
) as u (n, id, email, username, hash, role, active, deleted);

insert into users values ('7d1c2a4e-0000-4000-8000-000000000011', 'kim@example.com', 'kim', '$hash', 'USER', true, 'infinity', now(), false);

insert into products
select id, name, description, price, stock, category, sku,
    timestamp '2024-02-29 12:00:00.654321' + n * interval '1 minute',
    timestamp '2024-02-29 12:00:00.654321' + n * interval '90 minutes', deleted
from (values
    (1, '9e8d7c6b-0000-4000-8000-000000000001', 'Kettle', 'Made of "copper"', 19.9, 7, 'Kitchen', 'K-1', false),
    (2, '9e8d7c6b-0000-4000-8000-000000000002', 'Brush', null, 0, 0, null, 'k-1', false),
    (3, '9e8d7c6b-0000-4000-8000-000000000003', 'Gone', '', 5, 1, '', 'OLD', true),
    (4, '9e8d7c6b-0000-4000-8000-000000000004', 'Twin', null, 5, 1, null, 'K-1 ', false),
    (5, '9e8d7c6b-0000-4000-8000-000000000005', '  ', null, 5, 1, null, 'NAMELESS', false),
    (6, '9e8d7c6b-0000-4000-8000-000000000006', 'Debt', null, -1, 1, null, 'DEBT', false),
    (7, '9e8d7c6b-0000-4000-8000-000000000007', 'Lack', null, 5, -1, null, 'LACK', false),
    (8, '9e8d7c6b-0000-4000-8000-000000000008', 'Odd', null, 'NaN', 1, null, 'ODD', false),
    (9, '9e8d7c6b-0000-4000-8000-000000000009', 'Dear', null, 99999999.99, 2147483647, null, 'DEAR', false),
    (10, '9E8D7C6B-0000-4000-8000-00000000000A', ' Wide ', null, 5, 1, 'Home ', 'WIDE', false),
    (11, '9e8d7c6b00004000800000000000000b', 'Dashless', null, 5, 1, null, 'DASHLESS', false),
    (12, '9e8d7c6b-0000-4000-8000-00000000000c', 'Free', null, null, 1, null, 'FREE', false)
) as p (n, id, name, description, price, stock, category, sku, deleted);

-- Enough for several batches; the last of all wants what the first has.
insert into users
select overlay('11111111-0000-4000-8000-000000000000' placing lpad(n::text, 12, '0') from 25), 'many-' || n || '@example.com', 'many-' || n,
    '$hash', 'USER', true, timestamp '2024-03-01', timestamp '2024-03-01', false
from generate_series(1, 1200) as n;
insert into users values
    ('7d1c2a4e-0000-4000-8000-000000000012', 'last@example.com', 'MANY-1', '$hash', 'USER', true, '2024-04-01', '2024-04-01', false);
insert into products
select overlay('22222222-0000-4000-8000-000000000000' placing lpad(n::text, 12, '0') from 25), 'Many ' || n, 'One of many', n * 0.01, n, 'Many',
    'MANY-' || n, timestamp '2024-03-01', timestamp '2024-03-01', false
from generate_series(1, 1200) as n;
insert into products values
    ('9e8d7c6b-0000-4000-8000-00000000000d', 'Last', null, 5, 1, null, ' MANY-1', '2024-04-01', '2024-04-01', false);
