using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class MakeOuterTypesPartialFixTests
{
    [Fact]
    public Task Each_outer_type_that_is_not_partial_becomes_it() => CodeFixVerifier<ShapeAnalyzer, MakeOuterTypesPartialFix>.FromAsync(
        """
        using ExperimentFramework.DataPlane;

        /// <summary>Outer.</summary>
        public sealed class Outer // first
        {
            public partial struct Middle
            {
                // Inner.
                record Inner
                {
                    [ExposureLogged]
                    private interface {|DP1002:IA|} { void Run(); }
                }

                [ExposureLogged]
                private interface {|DP1002:IB|} { void Run(); }
            }
        }
        """,
        """
        using ExperimentFramework.DataPlane;

        /// <summary>Outer.</summary>
        public sealed partial class Outer // first
        {
            public partial struct Middle
            {
                // Inner.
                partial record Inner
                {
                    [ExposureLogged]
                    private interface IA { void Run(); }
                }

                [ExposureLogged]
                private interface IB { void Run(); }
            }
        }
        """);

    [Fact]
    public Task In_each_document_where_several_parts_have_one() => CodeFixVerifier<ShapeAnalyzer, MakeOuterTypesPartialFix>.FromAsync(
        [
            "using ExperimentFramework.DataPlane; public partial class P { class One { [ExposureLogged] private protected interface {|DP1002:IA|} { void Run(); } } }",
            "using ExperimentFramework.DataPlane; public partial class P { ref struct Two { [ExposureLogged] private interface {|DP1002:IB|} { void Run(); } } }",
        ],
        [
            "using ExperimentFramework.DataPlane; public partial class P { partial class One { [ExposureLogged] private protected interface IA { void Run(); } } }",
            "using ExperimentFramework.DataPlane; public partial class P { ref partial struct Two { [ExposureLogged] private interface IB { void Run(); } } }",
        ]);

    [Theory]
    [InlineData("[ExposureLogged] file interface {|DP1002:IA|} { void Run(); }")]
    [InlineData("file class Outer { [ExposureLogged] private interface {|DP1002:IA|} { void Run(); } }")]
    [InlineData("public class Outer<T> { [ExposureLogged] private interface {|DP1002:IA|} { void Run(); } }")]
    [InlineData("public class Outer<T> { class Inner { [ExposureLogged] private interface {|DP1002:IA|} { void Run(); } } }")]
    [InlineData("public class Outer { [ExposureLogged] private interface {|DP1002:IA|}<T> { void Run(); } }")]
    [InlineData("[ExposureLogged] public interface {|DP1002:IA|} { void Run(); } public class IAExposureProxy { }")]
    public Task Nothing_is_offered_where_it_would_not_help(string source) =>
        CodeFixVerifier<ShapeAnalyzer, MakeOuterTypesPartialFix>.NoneAsync("using ExperimentFramework.DataPlane; " + source);
}
