package model_test

// guards are what can be taken away from the protocol.
type guards struct {
	lease, leaseFromBefore, probe, resetDue, detection, trimming, order bool // of the follower
	own, least, sharing, eraFirst                                       bool // of a read
	put, listGen, era, secondFirst                                      bool // of the first level
	need, claim, generation, sharedListGen, sharedEpoch                 bool // of the second
	begin, ahead, watermarkInside                                       bool
	primary, headFirst, commitFirst                                     bool // of the database
	label, staleLeast, staleAge                                         bool // of stale answers
}

// mutants are the protocol without one guard, or without those that stand in
// for each other.
var mutants = map[string]guards{
	"FreshnessLease":                     {lease: true},
	"LeaseFromBeforeTheLook":             {leaseFromBefore: true},
	"HeadProbe":                          {probe: true},
	"DetectionOfARestoredDatabase":       {detection: true},
	"StartingOverWhenTheLogIsTrimmed":    {trimming: true},
	"ContiguousWatermark":                {order: true},
	"OwnWrites":                          {own: true},
	"PresentedNumber":                    {least: true},
	"SharedOnlyIfNewEnough":              {sharing: true},
	"EraFromBeforeTheLoad":               {eraFirst: true},
	"FirstLevelPutGuard":                 {put: true},
	"ListGenerationInTheFirstLevel":      {listGen: true},
	"EraOfTheFirstLevel":                 {era: true},
	"WatermarkCheckOnGet":                {need: true},
	"FillToken":                          {claim: true},
	"ForgettingOnReset":                  {generation: true},
	"ListGenerationInTheSecondLevel":     {sharedListGen: true},
	"EpochInTheSecondLevel":              {sharedEpoch: true},
	"BeginningOfTheSecondLevel":          {begin: true},
	"ValuesAheadOfTheBeginning":          {ahead: true},
	"WatermarkInsideThatRedis":           {watermarkInside: true},
	"LoadFromThePrimary":                 {primary: true},
	"HeadReadBeforeTheValue":             {headFirst: true},
	"LabelOfStaleAnswers":                {label: true},
	"PresentedNumberOfStaleAnswers":      {staleLeast: true},
	"AgeOfStaleAnswers":                  {staleAge: true},
	"SecondLevelFirstAndBothItsGuards":   {secondFirst: true, need: true, put: true},
	"PlainCacheAsideDeletedAfterCommit":  plain(false),
	"PlainCacheAsideDeletedBeforeCommit": plain(true),
}

// cautious are what the others make up for.
var cautious = map[string]guards{
	"SecondLevelFirst":        {secondFirst: true},
	"NoLeaseWhileAResetIsDue": {resetDue: true},
}

// plain is what most do: read through, and delete what a message names.
func plain(before bool) guards {
	return guards{
		lease: true, probe: true, detection: true, order: true, own: true, least: true, sharing: true, eraFirst: true,
		put: true, listGen: true, need: true, claim: true, sharedListGen: true, commitFirst: before,
	}
}
