namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>One count of an account, which is a row of the table <c>accounts</c>.</summary>
internal readonly record struct AccountCount(string Kind, string Experiment, string? Arm, string? EventType, string? Reason, string? OriginalProducerId, long Count)
{
    /// <summary>The counts of an account. The first is the account itself, so that an account that counts nothing is stored too.</summary>
    public static IEnumerable<AccountCount> Of(AccountingEvent account)
    {
        yield return new AccountCount("account", account.ExperimentName, null, null, null, null, 0);
        foreach (var calls in account.Calls)
        {
            yield return new AccountCount("exposing_calls", calls.ExperimentName, calls.VariantKey, null, null, null, calls.ExposingCalls);
            yield return new AccountCount("repeats_not_recorded", calls.ExperimentName, calls.VariantKey, null, null, null, calls.RepeatsNotRecorded);
            yield return new AccountCount("sampled_out", calls.ExperimentName, calls.VariantKey, null, null, null, calls.SampledOut);
            yield return new AccountCount("no_subject", calls.ExperimentName, calls.VariantKey, null, null, null, calls.NoSubject);
        }

        foreach (var published in account.Published)
        {
            yield return new AccountCount("published", published.ExperimentName, published.VariantKey, published.EventType, null, null, published.Count);
        }

        foreach (var drop in account.Drops)
        {
            yield return new AccountCount("dropped", drop.ExperimentName, drop.VariantKey, drop.EventType, drop.Reason, drop.OriginalProducerId, drop.Count);
        }
    }
}
