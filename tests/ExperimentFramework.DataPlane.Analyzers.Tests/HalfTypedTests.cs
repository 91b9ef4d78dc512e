namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Code that is being typed has the compiler's errors, and neither more nor an analyzer that fails.</summary>
public sealed class HalfTypedTests
{
    [Theory]
    [InlineData("class C { void M(DataPlaneOptions o) => o.SamplingRate = \"abc\"; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.SamplingRate = true; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.MaxQueueSize = 10000000000; }")]
    [InlineData("class C { object M() => new ExperimentOptions { RepeatCapacity = 5000000000 }; }")]
    [InlineData("class C { object M() => new ExperimentOptions { SamplingRate = 'x' }; }")]
    [InlineData("class C { void M(DataPlaneOptions o) => o.FailureMode = ; }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user, List<Missing<>> more); }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user); event  E; }")]
    [InlineData("[ExposureLogged] public interface I { void Run([ExposureSubject] string user); void ([ExposureSubject] string user); }")]
    [InlineData("[ExposureLogged] public interface { void Run([ExposureSubject] string user); }")]
    [InlineData("[ExposureLogged(")]
    [InlineData("class C { void M(ExperimentFrameworkBuilder b) => b.Trial<>(t => t.AddControl<>()).Trial<(\"x\"); }")]
    public async Task It_is_left_to_the_compiler(string source) =>
        Assert.DoesNotContain((await Analyzed.OfAsync("using ExperimentFramework.DataPlane; " + source, isHalfTyped: true)).Ids, id => id is "AD0001" or "DP1001" or "DP4001");
}
