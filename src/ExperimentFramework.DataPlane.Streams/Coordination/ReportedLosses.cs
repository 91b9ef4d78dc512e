using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The exposures of an experiment that accounts and error events say were lost.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="facts">What is kept of it.</param>
internal sealed class ReportedLosses(MonitoredExperiment experiment, ExperimentFacts facts)
{
    /// <summary>Accounts of several parts are those of processes with thousands of experiments.</summary>
    private const int MaxAccounts = 64;

    private readonly LossReports _losses = new(expectsArrivals: false);

    /// <summary>Takes what an account, or a part of one, says of the experiment. Parts come from several partitions, in any order, and again after a crash.</summary>
    public void Add(AccountingEvent account, DateTimeOffset now)
    {
        if (account.PartCount > 1)
        {
            if (facts.Accounts.Find(rows => rows.Producer == account.ProducerId) is { } known && known.Sequence > account.SequenceNumber)
            {
                return;
            }

            account = account with { PartCount = 1, PartNumber = 1, Drops = Join(account) };
        }

        _losses.Add(account, [experiment], now);
    }

    /// <summary>Takes the losses of an error event. The next account of its producer replaces them.</summary>
    public void Add(Guid id, IReadOnlyDictionary<string, object?> loss) => _losses.Add(id, loss, name => name == experiment.Name ? experiment : null);

    /// <summary>Joins a part with those before it, and with the account before: totals only grow, so nothing that was lost is taken back while parts are missing.</summary>
    private AccountedDrops[] Join(AccountingEvent account)
    {
        var known = facts.Accounts.Find(rows => rows.Producer == account.ProducerId)?.Rows ?? [];
        var rows = account.Drops.Select(static drop => new LostRow(BoundedName.Of(drop.VariantKey), BoundedName.Of(drop.Reason), drop.OriginalProducerId, drop.Count));
        LostRow[] joined = [.. known.Concat(rows).GroupBy(static row => (row.Variant, row.Reason, row.Original)).Select(static rows => rows.MaxBy(static row => row.Count)!).Take(SubjectTable.MaxVersions * SubjectTable.MaxVariants)];
        facts.Accounts.RemoveAll(former => former.Producer == account.ProducerId);
        if (facts.Accounts.Count == MaxAccounts)
        {
            facts.Accounts.RemoveAt(0);
        }

        facts.Accounts.Add(new AccountRows(account.ProducerId, account.SequenceNumber, joined));
        return [.. joined.Select(row => new AccountedDrops
        {
            ExperimentName = experiment.Name,
            VariantKey = row.Variant,
            EventType = nameof(DataPlaneEventType.Exposure),
            Reason = row.Reason,
            Count = row.Count,
            OriginalProducerId = row.Original,
        })];
    }
}
