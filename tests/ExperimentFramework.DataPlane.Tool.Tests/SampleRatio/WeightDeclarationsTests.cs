using System.Globalization;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.SampleRatio;

public sealed class WeightDeclarationsTests
{
    [Fact]
    public void No_more_versions_are_declared_than_are_counted()
    {
        var declarations = new WeightDeclarations([new DeclaredWeights("checkout", new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })]);
        var exposure = SampleStream.All.First(envelope => envelope.Payload is ExposureEvent { ExperimentName: "checkout" });

        var declared = Enumerable.Range(0, 10_000).Count(version =>
            declarations.Before(exposure with { Payload = (ExposureEvent)exposure.Payload with { AllocationVersion = version.ToString(CultureInfo.InvariantCulture) } }) is not null);

        Assert.Equal(WeightDeclarations.MaxVersions, declared);
        Assert.Empty(declarations.Unused);
    }
}
