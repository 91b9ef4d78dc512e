namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class ExposureEventFactoryTests
{
    [Fact]
    public void A_fallback_has_the_build_of_the_variant_that_answered()
    {
        var (control, other) = (new Variant(0, "control", Guid.NewGuid(), 0), new Variant(1, "b", Guid.NewGuid(), 1));
        var form = new ExposureEventFactory("exp", new SubjectSampling("exp", 1), deduplicator: null!, assignments: null!, drops: null!, queueFull: null!);
        var record = new EventRecord
        {
            Payload = new Decision(other, "fixed", "rule", AssignmentPolicy.BestEffort, null),
            State = control,
            StateNumber = ExposureEventFactory.DoNotCheckRepeat,
        };

        var exposure = Assert.IsType<ExposureEvent>(form.Create(record, out _));

        Assert.Equal(("control", "b", control.Build, "rule"), (exposure.VariantKey, exposure.AssignedVariantKey, exposure.VariantBuild, exposure.RulePath));
    }
}
