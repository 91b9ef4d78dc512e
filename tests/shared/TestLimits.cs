using System.Runtime.CompilerServices;

// In the namespace that all test projects share, so that [Fact] and [Theory] mean these.
namespace ExperimentFramework.DataPlane;

/// <summary>A fact that fails instead of hanging, unless it sets a limit of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactAttribute : Xunit.FactAttribute
{
    public FactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Timeout = TestLimits.Milliseconds;
}

/// <summary>A theory whose rows fail instead of hanging, unless it sets a limit of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryAttribute : Xunit.TheoryAttribute
{
    public TheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Timeout = TestLimits.Milliseconds;
}

internal static class TestLimits
{
    /// <summary>How long a test may take, on a machine that is busy elsewhere; 0 for no limit, because full simulations take hours.</summary>
    public static readonly int Milliseconds = Environment.GetEnvironmentVariable("DATAPLANE_SIMULATIONS") == "full" ? 0 : 300_000;
}
