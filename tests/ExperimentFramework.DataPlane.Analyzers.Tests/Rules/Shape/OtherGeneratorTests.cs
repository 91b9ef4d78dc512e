using System.Globalization;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>What another source generator writes is seen by the analyzers, but not by the generator of proxies.</summary>
public sealed class OtherGeneratorTests
{
    private const string Using = "using System; using System.Collections.Generic; using System.Threading.Tasks; using ExperimentFramework.DataPlane; ";

    private const string Remedy = ", and no source generator sees what another one writes: declare it in source or in a referenced project";

    [Theory]
    [InlineData("Task<Dto> Get([ExposureSubject] string user);", "public class Dto { }", "Dto")]
    [InlineData("void Get([ExposureSubject] string user, List<Dto[]> all);", "public class Dto { }", "Dto")]
    [InlineData("void Get<T>([ExposureSubject] string user, T one) where T : Dto;", "public class Dto { }", "Dto")]
    [InlineData("void Get([ExposureSubject(Names.User)] string user);", "public static class Names { public const string User = \"user\"; }", "Names.User")]
    [InlineData("void Get([ExposureSubject] string user, [ExposureAttribute(Names.Country)] string country);", "public static class Names { public const string Country = \"country\"; }", "Names.Country")]
    public async Task A_member_that_names_it_prevents_the_proxy_and_it_is_named(string member, string generated, string name)
    {
        var result = await AnalyzerVerifier.OfAsync(Using + "[ExposureLogged] public interface [|IA|] { " + member + " }", new AnalyzedProject { GeneratedSource = generated });

        result.Expect("DP1008");
        Assert.Equal($"'IA' has no complete exposure proxy: '{name}' is written by another source generator{Remedy}", result.Message);
        Assert.Equal(0, result.Proxies);
    }

    [Theory]
    [InlineData("Flags.Name", "Flags.Name")]
    [InlineData("\"a\", SamplingRate = Flags.Rate", "Flags.Rate")]
    [InlineData("\"a\", RecordOutcomes = Flags.On", "Flags.On")]
    [InlineData("\"a\", Semantics = Flags.Semantics", "Flags.Semantics")]
    [InlineData("Flags.Name + \"2\", FallbackToControl = true", "Flags.Name")]
    public async Task A_constant_of_the_tag_is_never_guessed(string arguments, string name)
    {
        const string Flags = """
            using ExperimentFramework.DataPlane;
            public static class Flags
            {
                public const string Name = "checkout";
                public const double Rate = 0.5;
                public const bool On = true;
                public const ExposureSemantics Semantics = ExposureSemantics.OnFirstUse;
            }
            """;
        var result = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged(" + arguments + ")] public interface [|IA|] { void Run([ExposureSubject] string user); }", new AnalyzedProject { GeneratedSource = Flags });

        result.Expect("DP1008");
        Assert.Equal($"'IA' has no complete exposure proxy: '{name}' is written by another source generator{Remedy}", result.Message);
        Assert.Equal(0, result.Proxies);
    }

    [Fact]
    public async Task A_name_that_is_not_known_makes_no_constant_of_another_name()
    {
        var result = await AnalyzerVerifier.OfProgramAsync(
            Using + "[ExposureLogged(Flags.Name)] public interface [|IA|] { void Run([ExposureSubject] string user); } public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }",
            new AnalyzedProject { GeneratedSource = "public static class Flags { public const string Name = \"checkout\"; }" });

        result.Expect("DP1008");
        Assert.Empty(result.Generated);
    }

    [Theory]
    [InlineData("Task<Dto> Get([ExposureSubject] string user);")]
    [InlineData("void Get([ExposureSubject(Names.User)] string user);")]
    public async Task Without_the_other_generator_the_compiler_alone_reports_the_name(string member)
    {
        var result = await AnalyzerVerifier.OfAsync(Using + "[ExposureLogged] public interface IA { " + member + " }", new AnalyzedProject { IsHalfTyped = true });

        result.Expect();
        Assert.NotEmpty(result.CompilerErrors);
    }

    [Fact]
    public async Task A_type_argument_that_no_proxy_can_name_is_the_only_thing_reported()
    {
        var result = await AnalyzerVerifier.OfProgramAsync(
            Using + "public class C { private class Row { } void M(ExperimentFrameworkBuilder b) => b.Trial<[|IRepository<Row>|]>(t => t.AddControl<IRepository<Row>>().AddVariant<IRepository<Row>>(\"b\")); }",
            "[ExperimentFramework.DataPlane.ExposureLogged] public interface IRepository<T> { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }");

        Assert.DoesNotContain(result.Diagnostics, static diagnostic => diagnostic.Id == "DP1008");
        Assert.Single(result.Diagnostics);
    }

    [Fact]
    public async Task A_base_interface_that_is_generated_is_named()
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged] public interface [|IA|] : IBase { void Run([ExposureSubject] string user); }", new AnalyzedProject { GeneratedSource = "public interface IBase { }" });

        result.Expect("DP1008");
        Assert.Contains("'IBase' is written by another source generator", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public partial interface IA { void More(string user); }", "IA.More(string)")]
    [InlineData("public partial interface IA { int More(string user) => 0; }", "IA.More(string)")]
    [InlineData("public partial interface IA : System.IDisposable { }", "IDisposable.Dispose()")]
    public async Task A_member_that_is_added_to_an_interface_is_named(string generated, string member)
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged] public partial interface [|IA|] { void Run([ExposureSubject] string user); }",
            new AnalyzedProject { GeneratedSource = generated, IsHalfTyped = true });

        Assert.Equal($"'IA' has no complete exposure proxy: its proxy lacks '{member}', which another source generator adds to it{Remedy}", Assert.Single(result.Diagnostics, diagnostic => diagnostic.Id == "DP1008").GetMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_tag_that_is_generated_is_reported_at_the_part_that_is_written_by_hand()
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "public partial interface [|IA|] { void Run([ExposureSubject] string user); }",
            new AnalyzedProject { GeneratedSource = "[ExperimentFramework.DataPlane.ExposureLogged(\"a\")] public partial interface IA { }" });

        result.Expect("DP1008");
        Assert.Equal($"'IA' has no complete exposure proxy: the generator has not written one. Unless DP1006 says why, its [ExposureLogged] is written by another source generator{Remedy}", result.Message);
    }

    [Fact]
    public async Task A_type_that_the_generator_did_not_see_is_named_rather_than_a_tag_that_it_saw()
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "public partial interface [|IA|] { void Run([ExposureSubject] string user, Dto one); }",
            new AnalyzedProject { CheckedInSource = "[ExperimentFramework.DataPlane.ExposureLogged] public partial interface IA { }", GeneratedSource = "public class Dto { }" });

        result.Expect("DP1008");
        Assert.Equal($"'IA' has no complete exposure proxy: 'Dto' is written by another source generator{Remedy}", result.Message);
    }

    [Fact]
    public async Task An_interface_that_is_generated_itself_is_reported_where_it_is_registered()
    {
        var result = await AnalyzerVerifier.OfProgramAsync(
            Using + "public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<[|IA|]>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }",
            new AnalyzedProject { GeneratedSource = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }" });

        result.Expect("DP1008");
        Assert.Equal($"'IA' has no complete exposure proxy: 'IA' is written by another source generator{Remedy}", result.Message);
    }

    [Fact]
    public async Task A_type_argument_that_is_generated_is_reported_where_it_is_registered()
    {
        const string Source = Using + """
            [ExposureLogged] public interface IRepository<T> { T Get([ExposureSubject] string user); }
            public class Known { }
            public class Repository<T> : IRepository<T> { public T Get(string user) => default!; }
            public class C
            {
                void M(ExperimentFrameworkBuilder b) => b
                    .Trial<IRepository<Known?>>(t => t.AddControl<Repository<Known?>>().AddVariant<Repository<Known?>>("b"))
                    .Trial<[|IRepository<Order>|]>(t => t.AddControl<Repository<Order>>().AddVariant<Repository<Order>>("b"));
            }
            """;
        var result = await AnalyzerVerifier.OfProgramAsync(Source, new AnalyzedProject { GeneratedSource = "public class Order { }" });

        result.Expect("DP1008");
        Assert.Equal($"'IRepository<Order>' has no complete exposure proxy: 'Order' is written by another source generator{Remedy}", result.Message);
    }

    [Fact]
    public async Task A_type_that_only_looks_generated_is_seen_and_nothing_is_reported()
    {
        var result = await AnalyzerVerifier.OfProgramAsync(
            Using + "[ExposureLogged] public interface IRepository<T> { Dto Get([ExposureSubject] string user, T one); } public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IRepository<Dto?>>(t => t.AddControl<IRepository<Dto?>>().AddVariant<IRepository<Dto?>>(\"b\")); }",
            new AnalyzedProject { CheckedInSource = "public class Dto { }" });

        result.Expect();
    }

    [Theory]
    [InlineData("UserId user", "partial struct UserId : System.IFormattable { public string ToString(string? format, System.IFormatProvider? provider) => \"1\"; }")]
    [InlineData("UserId? user", "partial struct UserId : System.IFormattable { public string ToString(string? format, System.IFormatProvider? provider) => \"1\"; }")]
    [InlineData("in UserId user", "partial struct UserId : System.IFormattable { public string ToString(string? format, System.IFormatProvider? provider) => \"1\"; }")]
    public async Task An_id_that_another_generator_makes_formattable_is_the_subject(string parameter, string generated)
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "public partial struct UserId { } [ExposureLogged] public interface IA { void Run([ExposureSubject(\"user\"), ExposureTenant] " + parameter + "); }", new AnalyzedProject { GeneratedSource = generated });

        result.Expect();
        Assert.Contains("SubjectIdText.Format(user), \"user\", global::ExperimentFramework.DataPlane.CompilerServices.SubjectIdText.Format(user)", Assert.Single(result.Generated).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_the_generator_failed_to_write_is_not_blamed_on_another_generator()
    {
        var result = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged] public interface IA { void Run([ExposureSubject] string user); }", new AnalyzedProject { HasGenerator = false });

        Assert.Equal(
            "'IA' has no complete exposure proxy: the generator has not written one. Unless DP1006 says why, the interface names a type or constant that another source generator writes" + Remedy, result.Message);
    }
}
