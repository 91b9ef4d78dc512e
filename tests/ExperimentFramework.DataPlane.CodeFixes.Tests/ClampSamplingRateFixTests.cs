using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class ClampSamplingRateFixTests
{
    [Fact]
    public Task An_attribute_gets_the_nearest_rate_that_is_allowed() => CodeFixVerifier<TagAnalyzer, ClampSamplingRateFix>.FromAsync(
        """
        using ExperimentFramework.DataPlane;

        public static class Rates { public const double Percent = 25; }

        [ExposureLogged("a", SamplingRate = {|DP2001:1.5|} /* why */)] public interface IA { void Run(); }
        [ExposureLogged(SamplingRate = {|DP2001:Rates.Percent|}, ExposeProperties = true)] public interface IB { void Run(); }
        [ExposureLogged(SamplingRate = {|DP2001:double.NaN|})] public interface IC { void Run(); }
        """,
        """
        using ExperimentFramework.DataPlane;

        public static class Rates { public const double Percent = 25; }

        [ExposureLogged("a", SamplingRate = 1 /* why */)] public interface IA { void Run(); }
        [ExposureLogged(SamplingRate = 1, ExposeProperties = true)] public interface IB { void Run(); }
        [ExposureLogged(SamplingRate = 1)] public interface IC { void Run(); }
        """);

    [Fact]
    public Task A_trial_gets_it_in_each_document() => CodeFixVerifier<SettingAnalyzer, ClampSamplingRateFix>.FromAsync(
        [
            """
            using ExperimentFramework.DataPlane;

            public static class One
            {
                public static void Add(ExperimentFrameworkBuilder b) => b
                    .Trial<System.IDisposable>(t => t
                        .WithSamplingRate(
                            {|DP2001:100|})
                        .WithSamplingRate({|DP2001:2.5 * 3|}));
            }
            """,
            """
            using ExperimentFramework.DataPlane;

            public static class Two
            {
                public static void Add(TrialBuilder<System.IDisposable> t) => t.WithSamplingRate({|DP2001:double.PositiveInfinity|});
            }
            """,
        ],
        [
            """
            using ExperimentFramework.DataPlane;

            public static class One
            {
                public static void Add(ExperimentFrameworkBuilder b) => b
                    .Trial<System.IDisposable>(t => t
                        .WithSamplingRate(
                            1)
                        .WithSamplingRate(1));
            }
            """,
            """
            using ExperimentFramework.DataPlane;

            public static class Two
            {
                public static void Add(TrialBuilder<System.IDisposable> t) => t.WithSamplingRate(1);
            }
            """,
        ]);

    [Fact]
    public Task A_negative_rate_becomes_0_which_is_reported_in_its_turn() => CodeFixVerifier<SettingAnalyzer, ClampSamplingRateFix>.FromAsync(
        "public class C { void M(ExperimentFramework.DataPlane.TrialBuilder<C> t) => t.WithSamplingRate({|DP2001:-0.1|}); }",
        "public class C { void M(ExperimentFramework.DataPlane.TrialBuilder<C> t) => t.WithSamplingRate({|DP2002:0|}); }");
}
