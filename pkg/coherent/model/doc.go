// Package model tries the protocol of docs/coherence.md in thousands of small
// worlds, and tries whether each of its guards is needed.
//
// A world has a database, two second levels, three processes (two of them on one
// second level) and messages between them. Everybody works in steps, and a
// scheduler with the luck of a seed says who takes the next one: whatever may
// happen between two instructions of the code happens in some world. Messages
// are lost, doubled and overtaken; calls fail before or after their effect, or
// have it long after; processes die at any step, between a commit and its news
// too; second levels are flushed, rolled back, and lose their watermark; the log
// is trimmed; the database goes back to an earlier state, announced or not.
//
// Each answer is checked against the history of the database. Unless it is
// labelled as stale it must have been right at some moment since the last commit
// that is older than the lease, that this process was told of, or whose number
// the reader presents. One that is labelled must be no older than its label says,
// nor than the number that is presented. Then the same worlds are tried
// without one guard after the other, and each time an answer must be wrong.
//
// # Model and code
//
// The second level of the model is the code: package memoryl2, which the tests
// of redisl2 hold against the Lua scripts, on miniredis and on Redis. The rest
// is the code with its steps taken apart, under the same names:
//
//	guard, as a mutant lacks it         where it is
//	FreshnessLease                      commitlog (*Follower).Fresh, asked in coherent (*Cache).aim and Get
//	LeaseFromBeforeTheLook, HeadProbe   commitlog (*Follower).probe
//	DetectionOfARestoredDatabase        commitlog (*Follower).probe, seen and lost; Raise of the logs
//	StartingOverWhenTheLogIsTrimmed     commitlog (*Follower).repair
//	ContiguousWatermark                 commitlog (*Follower).nextStep; SecondLevel.Apply
//	NoLeaseWhileAResetIsDue             commitlog (*Follower).startOver and Fresh
//	OwnWrites, PresentedNumber          coherent (*Cache).aim
//	SharedOnlyIfNewEnough               coherent aim.shown and (*flights).do
//	EraFromBeforeTheLoad                coherent (*Cache).load
//	FirstLevelPutGuard                  coherent (*era).admits, (*firstLevel).put and forget
//	ListGenerationInTheFirstLevel       coherent (*era).admits, (*firstLevel).get and forget
//	EraOfTheFirstLevel                  coherent (*firstLevel).get, put and reset
//	SecondLevelFirst                    coherent (*Cache).Apply
//	WatermarkCheckOnGet                 SecondLevel.Get, called in coherent (*Cache).fetch
//	FillToken                           SecondLevel.Fill
//	ForgettingOnReset                   SecondLevel.Reset, called in coherent (*Cache).catchUp
//	ListGenerationInTheSecondLevel      SecondLevel.Get, Fill and Apply
//	EpochInTheSecondLevel               SecondLevel.Get, Fill and Apply
//	BeginningOfTheSecondLevel           SecondLevel.Begin, called in coherent (*Cache).begun
//	ValuesAheadOfTheBeginning           SecondLevel.Fill and Begin
//	WatermarkInsideThatRedis            redisl2: one hash tag for the watermark and the values
//	LoadFromThePrimary                  coherent Load: what it must read
//	HeadReadBeforeTheValue              coherent Entry.AsOf: what it must say
//	LabelOfStaleAnswers                 coherent (*Cache).answer
//	AgeOfStaleAnswers                   coherent (*Cache).remembered and remembersTogether
//	PresentedNumberOfStaleAnswers       coherent labelled
//
// Left out are what only saves work (sizes, times to live, the queue for the
// database) and the clock on the wall. The code itself runs through worlds like
// these in TestNoAnswerIsEverWrong of package coherent, more slowly.
//
// # Repeating a world
//
//	go test ./coherent/model -run TestProtocol -model.seeds 1 -model.first 4711
package model
