namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Compares what arrived of each producer with what its accounts say.</summary>
internal static class Completeness
{
    /// <summary>Judges all producers.</summary>
    /// <param name="producers">The producers, with the events that arrived and their accounts.</param>
    public static IReadOnlyList<ProducerCompleteness> Of(IReadOnlyCollection<ProducerSummary> producers)
    {
        var takenOver = DropsOfOthers(producers);
        return [.. producers.Select(producer => Of(producer, takenOver))];
    }

    private static ProducerCompleteness Of(ProducerSummary producer, Dictionary<(string Producer, string Destination), Dictionary<string, long>> takenOver)
    {
        var categories = new SortedDictionary<string, CategoryCompleteness>(StringComparer.Ordinal);
        var isLast = true;
        var hasAccount = false;
        foreach (var account in producer.Accounts.Where(static account => account.Parts.Count > 0))
        {
            hasAccount = true;
            isLast &= account.IsLast;
            foreach (var (category, expected) in Expected(account, takenOver.GetValueOrDefault((producer.Id, account.Destination))))
            {
                var known = categories.GetValueOrDefault(category);

                // Destinations get the same events; what one of them lost another may have.
                categories[category] = new CategoryCompleteness(category, Math.Max(expected, known?.Expected ?? 0), producer.Arrived.GetValueOrDefault(category));
            }
        }

        foreach (var (category, arrived) in producer.Arrived)
        {
            categories.TryAdd(category, new CategoryCompleteness(category, 0, arrived));
        }

        return new ProducerCompleteness(producer, [.. categories.Values], Judge(hasAccount && !producer.HasUnkeptAccounts, isLast, categories.Values));
    }

    private static CompletenessState Judge(bool hasAccount, bool isLast, IEnumerable<CategoryCompleteness> categories) =>
        !hasAccount ? CompletenessState.NoAccount
        : categories.Any(static category => category.Missing > 0) ? CompletenessState.Incomplete
        : isLast ? CompletenessState.Complete
        : CompletenessState.NotEnded;

    private static Dictionary<string, long> Expected(DestinationAccounts account, Dictionary<string, long>? takenOver)
    {
        var expected = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in account.Parts)
        {
            foreach (var row in part.Published)
            {
                expected[row.EventType] = Saturating.Add(expected.GetValueOrDefault(row.EventType), row.Count);
            }

            foreach (var row in part.Drops.Where(static row => row.OriginalProducerId is null))
            {
                expected[row.EventType] = Saturating.Add(expected.GetValueOrDefault(row.EventType), -row.Count);
            }
        }

        foreach (var (category, count) in takenOver ?? [])
        {
            expected[category] = Saturating.Add(expected.GetValueOrDefault(category), -count);
        }

        return expected;
    }

    private static Dictionary<(string Producer, string Destination), Dictionary<string, long>> DropsOfOthers(IEnumerable<ProducerSummary> producers)
    {
        var drops = new Dictionary<(string, string), Dictionary<string, long>>();
        foreach (var account in producers.SelectMany(static producer => producer.Accounts))
        {
            foreach (var row in account.Parts.SelectMany(static part => part.Drops))
            {
                if (row.OriginalProducerId is { } original)
                {
                    if (!drops.TryGetValue((original, account.Destination), out var counts))
                    {
                        drops.Add((original, account.Destination), counts = new Dictionary<string, long>(StringComparer.Ordinal));
                    }

                    counts[row.EventType] = Saturating.Add(counts.GetValueOrDefault(row.EventType), row.Count);
                }
            }
        }

        return drops;
    }
}
