using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class AddTagFixTests
{
    private const string Registrations = """
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        public class C
        {
            void M(IServiceCollection s, ExperimentFrameworkBuilder b)
            {
                b.Trial<{|DP4003:Shop.IA|}>(t => t.AddControl<Shop.V>().AddVariant<Shop.V>("b")).Trial<{|DP4003:Shop.IA|}>("again", t => t.AddControl<Shop.V>().AddVariant<Shop.V>("b"));
                b.{|DP4003:Trial|}((TrialBuilder<Shop.IB<int>> t) => { t.AddControl<Shop.V>().AddVariant<Shop.V>("b"); });
                s.AddExposureLogging<{|DP4003:Shop.Outer.IC|}>(e => { });
            }
        }
        """;

    private const string Wrong = """
        // Contracts.
        using System;

        namespace Shop
        {
            /// <summary>A.</summary>
            public partial interface IA { void Run(); }

            [Obsolete]
            public interface IB<T>
            {
                void Run();
            }

            public static class Outer { public interface IC { void Run(); } }

        #pragma warning disable CS0612
            public sealed class V : IA, IB<int>, Outer.IC { public void Run() { } }
        }
        """;

    private const string Right = """
        // Contracts.
        using System;

        namespace Shop
        {
            /// <summary>A.</summary>
            [ExperimentFramework.DataPlane.ExposureLogged]
            public partial interface IA { void Run(); }

            [ExperimentFramework.DataPlane.ExposureLogged]
            [Obsolete]
            public interface IB<T>
            {
                void Run();
            }

            public static class Outer {
                [ExperimentFramework.DataPlane.ExposureLogged]
                public interface IC { void Run(); } }

        #pragma warning disable CS0612
            public sealed class V : IA, IB<int>, Outer.IC { public void Run() { } }
        }
        """;

    private static string Unmarked => Registrations.Replace("{|DP4003:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);

    [Fact]
    public Task The_interface_is_tagged_in_another_document() => CodeFixVerifier<TrialAnalyzer, AddTagFix>.FromAsync([Registrations, Wrong], [Unmarked, Right]);

    [Fact]
    public Task The_interface_is_tagged_in_another_project() => CodeFixVerifier<TrialAnalyzer, AddTagFix>.FromAsync(Registrations, Wrong, Unmarked, Right);

    [Fact]
    public Task The_name_is_short_where_the_namespace_is_imported() => CodeFixVerifier<TrialAnalyzer, AddTagFix>.FromAsync(
        "using ExperimentFramework.DataPlane;\r\n\r\n// A.\r\npublic interface IA { void Run(); }\r\npublic class C { object M(ExperimentFrameworkBuilder b) => b.Trial<{|DP4003:IA|}>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }",
        "using ExperimentFramework.DataPlane;\r\n\r\n// A.\r\n[ExposureLogged]\r\npublic interface IA { void Run(); }\r\npublic class C { object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }");

    [Theory]
    [InlineData("System.IDisposable")]
    [InlineData("V")]
    public Task Nothing_is_offered_for_what_cannot_be_tagged(string service) => CodeFixVerifier<TrialAnalyzer, AddTagFix>.NoneAsync(
        "using ExperimentFramework.DataPlane; public class V : System.IDisposable { public void Dispose() { } } public class C { object M(ExperimentFrameworkBuilder b) => b.Trial<{|DP4003:" + service + "|}>(t => t.AddControl<V>().AddVariant<V>(\"b\")); }");
}
