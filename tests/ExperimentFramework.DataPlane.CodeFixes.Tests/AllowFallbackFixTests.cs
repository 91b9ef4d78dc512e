using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class AllowFallbackFixTests
{
    private const string Registrations = """
        using ExperimentFramework.DataPlane;

        public class C
        {
            void M(ExperimentFrameworkBuilder b) => b
                .Trial<IA>(t => t.AddControl<V>().AddVariant<V>("b").{|DP4007:OnErrorFallbackToControl|}())
                .Trial<IA>("a2", t => { t.AddControl<V>().AddVariant<V>("b"); t.{|DP4007:OnErrorFallbackToControl|}(); })
                .Trial<IB>(t => t.AddControl<V>().AddVariant<V>("b").{|DP4007:OnErrorFallbackToControl|}())
                .Trial<IC<int>>(t => t.AddControl<V>().AddVariant<V>("b").{|DP4007:OnErrorFallbackToControl|}());
        }
        """;

    private const string Wrong = """
        using ExperimentFramework.DataPlane;
        using Tag = ExperimentFramework.DataPlane.ExposureLoggedAttribute;

        /// <summary>A.</summary>
        [ExposureLogged] // first
        public partial interface IA { void Run(); }

        [System.Obsolete, Tag("b", FallbackToControl = false /* not yet */)]
        public interface IB { void Run(); }

        [ExposureLogged(
            "c",
            RecordOutcomes = true)]
        public interface IC<T> { void Run(); }

        #pragma warning disable CS0612
        public sealed class V : IA, IB, IC<int> { public void Run() { } }
        """;

    private const string Right = """
        using ExperimentFramework.DataPlane;
        using Tag = ExperimentFramework.DataPlane.ExposureLoggedAttribute;

        /// <summary>A.</summary>
        [ExposureLogged(FallbackToControl = true)] // first
        public partial interface IA { void Run(); }

        [System.Obsolete, Tag("b", FallbackToControl = true /* not yet */)]
        public interface IB { void Run(); }

        [ExposureLogged(
            "c",
            RecordOutcomes = true, FallbackToControl = true)]
        public interface IC<T> { void Run(); }

        #pragma warning disable CS0612
        public sealed class V : IA, IB, IC<int> { public void Run() { } }
        """;

    private static string Unmarked => Registrations.Replace("{|DP4007:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);

    [Fact]
    public Task The_attribute_says_so_in_another_document() =>
        CodeFixVerifier<TrialAnalyzer, AllowFallbackFix>.FromAsync([Registrations, Wrong], [Unmarked, Right]);

    [Fact]
    public Task The_attribute_says_so_in_another_project() => CodeFixVerifier<TrialAnalyzer, AllowFallbackFix>.FromAsync(Registrations, Wrong, Unmarked, Right);
}
