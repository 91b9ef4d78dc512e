using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class RenameVariantKeyFixTests
{
    private const string Types = """
        using ExperimentFramework.DataPlane;

        [ExposureLogged] public interface IA { void Run(); }
        public sealed class V : IA { public void Run() { } }
        public static class Keys { public const string B = "b"; }

        """;

    [Fact]
    public Task Each_key_that_cannot_be_kept_becomes_a_free_one() => CodeFixVerifier<TrialAnalyzer, RenameVariantKeyFix>.FromAsync(
        Types + """
        public class C
        {
            object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t
                .AddControl<V>()
                .AddVariant<V>("b")
                .AddVariant<V>({|DP4004:Keys.B|}, 2) // twice
                .AddVariant<V>({|DP4004:"B"|} /* too */, weight: 3)
                .AddVariant<V>("b3")
                .AddVariant<V>({|DP4004:"control"|})
                .AddVariant<V>({|DP4004:" c\t"|})
                .AddVariant<V>({|DP4004:""|}));
        }
        """,
        Types + """
        public class C
        {
            object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t
                .AddControl<V>()
                .AddVariant<V>("b")
                .AddVariant<V>("b2", 2) // twice
                .AddVariant<V>("B4" /* too */, weight: 3)
                .AddVariant<V>("b3")
                .AddVariant<V>("control2")
                .AddVariant<V>("c")
                .AddVariant<V>("V"));
        }
        """);

    [Fact]
    public Task No_key_becomes_that_of_control() => CodeFixVerifier<TrialAnalyzer, RenameVariantKeyFix>.FromAsync(
        Types + "public class C { object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<V>().AddVariant<V>({|DP4004:\" Control\"|})); }",
        Types + "public class C { object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<V>().AddVariant<V>(\"Control2\")); }");

    [Fact]
    public Task Keys_that_are_too_long_are_shortened() => CodeFixVerifier<TrialAnalyzer, RenameVariantKeyFix>.FromAsync(
        Types + "public class C { object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<V>().AddVariant<V>({|DP4004:\"" + new string('x', 300) + "\"|})); }",
        Types + "public class C { object M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<V>().AddVariant<V>(\"" + new string('x', 240) + "\")); }");

    [Theory]
    [InlineData("b.Trial<{|DP4004:IA|}>(t => t.AddVariant<V>(\"b\"))")]
    [InlineData("b.Trial<IA>(t => t.AddControl<V>({|DP4004:-1|}).AddVariant<V>(\"b\"))")]
    [InlineData("b.Trial<IA>(t => t.AddControl<V>().AddVariant<V>(\"b\").{|DP4004:AddControl<V>|}())")]
    public Task Nothing_is_offered_for_other_faults(string call) =>
        CodeFixVerifier<TrialAnalyzer, RenameVariantKeyFix>.NoneAsync(Types + "public class C { object M(ExperimentFrameworkBuilder b) => " + call + "; }");
}
