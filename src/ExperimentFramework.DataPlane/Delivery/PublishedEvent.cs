namespace ExperimentFramework.DataPlane;

/// <summary>
/// Copies the values of an application's event when it is published: later changes by the application, in a dictionary or an array at any depth, have no
/// effect, however long the event waits. Values are bounded in the same way as those of calls.
/// </summary>
internal static class PublishedEvent
{
    /// <summary>Returns the event to keep instead of the application's.</summary>
    /// <param name="source">The application's event.</param>
    /// <param name="maxLength">The maximum number of characters in a string and of items in a collection.</param>
    public static DataPlaneEvent Capture(DataPlaneEvent source, int maxLength)
    {
        DataPlaneEvent captured = source switch
        {
            ExposureEvent exposure => exposure with
            {
                SubjectId = WellFormedText.Of(exposure.SubjectId),
                SubjectType = WellFormedText.Of(exposure.SubjectType),
                TenantId = WellFormedText.Of(exposure.TenantId),
                Attributes = CapturedValues.Of(exposure.Attributes, maxLength),
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
            MetricEvent metric => metric with
            {
                SubjectId = WellFormedText.Of(metric.SubjectId),
                SubjectType = WellFormedText.Of(metric.SubjectType),
                TenantId = WellFormedText.Of(metric.TenantId),
                Attributes = CapturedValues.Of(metric.Attributes, maxLength),
            },
            AnalysisSignalEvent signal => signal with { Data = CapturedValues.Of(signal.Data, maxLength) },
            ErrorEvent error => error with { Data = CapturedValues.Of(error.Data, maxLength) },
            _ => source,
        };
        return captured.UnknownValues is { } unknown ? captured with { UnknownValues = Copied(unknown) } : captured;
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
