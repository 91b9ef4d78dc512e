using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class MakeExplicitFixTests
{
    [Fact]
    public Task The_attribute_says_explicit_in_another_document() => CodeFixVerifier<CompilationAnalyzer, MakeExplicitFix>.FromAsync(
        [
            """
            using System.Threading.Tasks;
            using ExperimentFramework.DataPlane;

            public class C
            {
                async Task M(IExposureLogger<IA> a, IExposureLogger<IB> b, IExposureLogger<IC<int>> c)
                {
                    await a.{|DP2004:LogExposureAsync|}();
                    await a.{|DP2004:LogExposureAsync|}("u");
                    await b.{|DP2004:LogExposureAsync|}("u");
                    if (c?.{|DP2004:LogExposureAsync|}("u") is { } task) await task;
                }

                void R(ExperimentFrameworkBuilder b) => b.Trial<IC<int>>(t => t.AddControl<IC<int>>());
            }
            """,
            """
            using Same = ExperimentFramework.DataPlane.ExposureSemantics;

            [ExperimentFramework.DataPlane.ExposureLogged("a", Semantics = Same.OnDecision, SamplingRate = 1 /* all */)]
            public interface IA { void Run(); }

            [ExperimentFramework.DataPlane.ExposureLogged(Semantics = Names.Said)]
            public interface IB { void Run(); }

            [ExperimentFramework.DataPlane.ExposureLogged]
            public interface IC<T> { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }

            public static class Names { public const Same Said = Same.OnFirstUse; }
            """,
        ],
        [
            """
            using System.Threading.Tasks;
            using ExperimentFramework.DataPlane;

            public class C
            {
                async Task M(IExposureLogger<IA> a, IExposureLogger<IB> b, IExposureLogger<IC<int>> c)
                {
                    await a.LogExposureAsync();
                    await a.LogExposureAsync("u");
                    await b.LogExposureAsync("u");
                    if (c?.LogExposureAsync("u") is { } task) await task;
                }

                void R(ExperimentFrameworkBuilder b) => b.Trial<IC<int>>(t => t.AddControl<IC<int>>());
            }
            """,
            """
            using Same = ExperimentFramework.DataPlane.ExposureSemantics;

            [ExperimentFramework.DataPlane.ExposureLogged("a", Semantics = Same.Explicit, SamplingRate = 1 /* all */)]
            public interface IA { void Run(); }

            [ExperimentFramework.DataPlane.ExposureLogged(Semantics = Same.Explicit)]
            public interface IB { void Run(); }

            [ExperimentFramework.DataPlane.ExposureLogged(Semantics = Same.Explicit)]
            public interface IC<T> { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }

            public static class Names { public const Same Said = Same.OnFirstUse; }
            """,
        ]);

    [Fact]
    public Task Each_trial_that_decides_says_explicit() => CodeFixVerifier<CompilationAnalyzer, MakeExplicitFix>.FromAsync(
        """
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged(Semantics = ExposureSemantics.Explicit)]
        public interface IA { void Run([ExposureSubject] string user); }

        public class C
        {
            async Task M(IExposureLogger<IA> a) => await a.{|DP2004:LogExposureAsync|}();

            void R(ExperimentFrameworkBuilder b) => b
                .Trial<IA>(t => t.WithSemantics(ExposureSemantics.OnFirstUse /* once */).AddControl<IA>().AddVariant<IA>("b"))
                .Trial<IA>("other", t => t.AddControl<IA>().AddVariant<IA>("b").WithSemantics((ExposureSemantics)0))
                .Trial<IA>("full", t => t.AddControl<IA>().AddVariant<IA>("b").WithSemantics(ExperimentFramework.DataPlane.ExposureSemantics.OnDecision));
        }
        """,
        """
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged(Semantics = ExposureSemantics.Explicit)]
        public interface IA { void Run([ExposureSubject] string user); }

        public class C
        {
            async Task M(IExposureLogger<IA> a) => await a.LogExposureAsync();

            void R(ExperimentFrameworkBuilder b) => b
                .Trial<IA>(t => t.WithSemantics(ExposureSemantics.Explicit /* once */).AddControl<IA>().AddVariant<IA>("b"))
                .Trial<IA>("other", t => t.AddControl<IA>().AddVariant<IA>("b").WithSemantics(ExposureSemantics.Explicit))
                .Trial<IA>("full", t => t.AddControl<IA>().AddVariant<IA>("b").WithSemantics(ExperimentFramework.DataPlane.ExposureSemantics.Explicit));
        }
        """);

    [Fact]
    public Task A_reference_with_an_internal_type_of_the_same_name_does_not_matter() => CodeFixVerifier<CompilationAnalyzer, MakeExplicitFix>.BesideCopiesFromAsync(
        "using ExperimentFramework.DataPlane; [ExposureLogged(Semantics = ExposureSemantics.OnFirstUse)] public interface IA { void Run(string user); } public class C { async System.Threading.Tasks.Task M(IExposureLogger<IA> a) => await a.{|DP2004:LogExposureAsync|}(); }",
        "using ExperimentFramework.DataPlane; [ExposureLogged(Semantics = ExposureSemantics.Explicit)] public interface IA { void Run(string user); } public class C { async System.Threading.Tasks.Task M(IExposureLogger<IA> a) => await a.LogExposureAsync(); }");

    [Fact]
    public Task The_attribute_says_explicit_in_another_project() => CodeFixVerifier<CompilationAnalyzer, MakeExplicitFix>.FromAsync(
        "public class C { async System.Threading.Tasks.Task M(ExperimentFramework.DataPlane.IExposureLogger<IA> a) => await a.{|DP2004:LogExposureAsync|}(); }",
        "using ExperimentFramework.DataPlane; [ExposureLogged(Semantics = ExposureSemantics.OnFirstUse)] public interface IA { void Run(string user); }",
        "public class C { async System.Threading.Tasks.Task M(ExperimentFramework.DataPlane.IExposureLogger<IA> a) => await a.LogExposureAsync(); }",
        "using ExperimentFramework.DataPlane; [ExposureLogged(Semantics = ExposureSemantics.Explicit)] public interface IA { void Run(string user); }");
}
