namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>The exposure of a checkout, made by hand as the call happens.</summary>
public static class CheckoutExposure
{
    public static DataPlaneEnvelope Of(string user)
    {
        var now = DateTimeOffset.UtcNow;
        var exposure = new ExposureEvent
        {
            ExperimentName = "checkout",
            VariantKey = "other",
            SubjectId = user,
            Timestamp = now,
            SelectionReason = "fixed",
            AssignmentPolicy = AssignmentPolicy.BestEffort,
        };
        return new DataPlaneEnvelope
        {
            EventId = Guid.NewGuid(),
            Timestamp = now,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = exposure.SchemaVersion,
            Payload = exposure,
        };
    }
}
