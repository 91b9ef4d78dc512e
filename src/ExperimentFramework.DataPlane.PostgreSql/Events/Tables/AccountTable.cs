namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The table of accounts: a row for each count, after a row of the kind <c>account</c> that every account has.</summary>
internal sealed class AccountTable() : EventTable<AccountingEvent>(
    "accounts",
    ("line", "bigint"), ("producer_id", "text"), ("destination", "text"), ("sequence_number", "bigint"), ("part_number", "bigint"),
    ("part_count", "bigint"), ("interval_start", "timestamptz"), ("interval_end", "timestamptz"), ("is_last", "boolean"), ("kind", "text"), ("arm", "text"), ("event_type", "text"), ("reason", "text"),
    ("original_producer_id", "text"), ("count", "bigint"))
{
    protected override void Write(CopyBuffer rows, DataPlaneEnvelope envelope, AccountingEvent source)
    {
        var line = 0L;
        void Line(string experiment, string kind, string? arm, long count, (string? EventType, string? Reason, string? Producer) of = default)
        {
            BeginRow(rows, envelope, experiment);
            rows.Integer(line++);
            rows.RequiredText(source.ProducerId, "producer_id");
            rows.RequiredText(source.Destination, "destination");
            rows.Integer(source.SequenceNumber);
            rows.Integer(source.PartNumber);
            rows.Integer(source.PartCount);
            rows.Time(source.IntervalStart);
            rows.Time(source.IntervalEnd);
            rows.Boolean(source.IsLast);
            rows.Text(kind);
            rows.Text(arm);
            rows.Text(of.EventType);
            rows.Text(of.Reason);
            rows.Text(of.Producer);
            rows.Integer(count);
        }

        Line(source.ExperimentName, "account", null, 0);
        foreach (var published in source.Published)
        {
            Line(published.ExperimentName, "published", published.VariantKey, published.Count, (published.EventType, null, null));
        }

        foreach (var drops in source.Drops)
        {
            Line(drops.ExperimentName, "dropped", drops.VariantKey, drops.Count, (drops.EventType, drops.Reason, drops.OriginalProducerId));
        }

        foreach (var calls in source.Calls)
        {
            Line(calls.ExperimentName, "exposing_calls", calls.VariantKey, calls.ExposingCalls);
            Line(calls.ExperimentName, "repeats_not_recorded", calls.VariantKey, calls.RepeatsNotRecorded);
            Line(calls.ExperimentName, "sampled_out", calls.VariantKey, calls.SampledOut);
            Line(calls.ExperimentName, "no_subject", calls.VariantKey, calls.NoSubject);
        }
    }
}
