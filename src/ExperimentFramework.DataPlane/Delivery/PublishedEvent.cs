namespace ExperimentFramework.DataPlane;

/// <summary>
/// An event of the application's with values of its own, taken when it is published: what the application changes afterwards, in a dictionary or an array at
/// any depth, does not show, however long the event waits. Values are bounded as those of calls are.
/// </summary>
internal static class PublishedEvent
{
    /// <summary>An event may have this many attributes, even if its values are bounded to fewer items.</summary>
    private const int MinEntries = 1_024;

    /// <summary>The event to keep in the place of the application's.</summary>
    /// <param name="source">The application's event.</param>
    /// <param name="maxLength">How many characters of a text and how many items of a collection are kept.</param>
    public static DataPlaneEvent Capture(DataPlaneEvent source, int maxLength)
    {
        DataPlaneEvent captured = source switch
        {
            ExposureEvent exposure => exposure with
            {
                SubjectId = WellFormedText.Of(exposure.SubjectId),
                SubjectType = WellFormedText.Of(exposure.SubjectType),
                TenantId = WellFormedText.Of(exposure.TenantId),
                Attributes = Captured(exposure.Attributes, maxLength),
            },
            AssignmentEvent assignment => assignment with
            {
                SubjectId = WellFormedText.Of(assignment.SubjectId),
                SubjectType = WellFormedText.Of(assignment.SubjectType),
                TenantId = WellFormedText.Of(assignment.TenantId),
            },
            OutcomeEvent outcome => outcome with
            {
                SubjectId = WellFormedText.Of(outcome.SubjectId),
                SubjectType = WellFormedText.Of(outcome.SubjectType),
                TenantId = WellFormedText.Of(outcome.TenantId),
            },
            AnalysisSignalEvent signal => signal with { Data = Captured(signal.Data, maxLength) },
            _ => source,
        };
        return captured.UnknownValues is { } unknown ? captured with { UnknownValues = Copied(unknown) } : captured;
    }

    private static IReadOnlyDictionary<string, object?>? Captured(IReadOnlyDictionary<string, object?>? values, int maxLength)
    {
        if (values is null)
        {
            return null;
        }

        try
        {
            var captured = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (name, value) in values.Take(Math.Max(maxLength, MinEntries)))
            {
                captured[WellFormedText.Of(Truncation.Truncate(name, maxLength))] = AttributeConversion.Capture(value, maxLength);
            }

            return captured;
        }
        catch (Exception)
        {
            // The pipeline meets the same fault, logs it and counts the event as dropped.
            return values;
        }
    }

    private static IReadOnlyDictionary<string, string> Copied(IReadOnlyDictionary<string, string> values)
    {
        try
        {
            return new Dictionary<string, string>(values, StringComparer.Ordinal);
        }
        catch (Exception)
        {
            return values;
        }
    }
}
