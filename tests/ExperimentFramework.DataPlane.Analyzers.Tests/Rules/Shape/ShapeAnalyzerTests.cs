using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

public sealed class ShapeAnalyzerTests
{
    private const string Using = "using ExperimentFramework.DataPlane; ";

    public static TheoryData<string, string, string> Refused => new()
    {
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { static abstract int Make(); }", "'IBad.Make()' cannot be forwarded, because a static abstract member has no instance to forward to" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { static abstract int Value { get; } }", "'IBad.Value' cannot be forwarded, because a static abstract member" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { static abstract event System.Action Raised; }", "'IBad.Raised'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad<T>|] where T : IBad<T> { static abstract T operator +(T left, T right); }", "because an operator has no instance" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { protected void Inner(); }", "because it is protected and cannot be called on a variant" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { int Value { get; protected set; } }", "because its setter is protected" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void Print(__arglist); }", "because __arglist cannot be passed on" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void Take(string value); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void Take(object value); }", "'IBad.Take(string)' cannot be forwarded, because an overload of higher [OverloadResolutionPriority]" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { int this[string key] { get; } [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] int this[object key] { get; } }", "an overload of higher" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void operator +=(int by); }", "an instance operator changes a variable" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void operator ++() { } void M(); }", "an instance operator changes a variable" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { sealed string Run() => Hook(); protected string Hook() => \"default\"; }", "'IBad.Hook()' cannot be forwarded, because it is protected and called by interface code that runs on the proxy" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { static int Sum(IBad of) => of.Size; protected int Size { get => 1; } }", "'IBad.Size'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { static virtual int Sum(IBad of) => of.Size; protected int Size { get => 1; } void Run(); }", "'IBad.Size'" },
        { "DP1001", "public interface IRoot { int Run(); } [ExposureLogged] public interface [|IBad|] : IRoot { int IRoot.Run() => Hook(); protected int Hook() => 1; }", "'IBad.Hook()'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void M(int[] x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M<T>(T[] x); }", "'IBad.M(int[])'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void M<T>(T[] x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M<T>(System.ReadOnlySpan<T> x); }", "'IBad.M<T>(T[])'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void M(string x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M<T>(System.Collections.Generic.IEnumerable<T> x); }", "'IBad.M(string)'" },
        { "DP1001", "public class Own : System.Collections.Generic.List<int> { } [ExposureLogged] public interface [|IBad|] { void M(Own x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M<T>(System.Collections.Generic.IReadOnlyList<T> x); }", "'IBad.M(Own)'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(params long[] x); }", "'IBad.M(int)'" },
        { "DP1001", "[ExposureLogged] public interface [|IBad|] { void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(long x, int y = 0); }", "'IBad.M(int)'" },
        { "DP1001", "[ExposureLogged] [System.Runtime.InteropServices.ComImport] [System.Runtime.InteropServices.Guid(\"0192f0d1-0000-7000-8000-000000000001\")] public interface [|IBad|] { void Run(); }", "because it is imported from COM" },
        { "DP1001", "[ExposureLogged] [System.Obsolete(\"gone\", true)] public interface [|IBad|] { void Run(); }", "because it is obsolete as an error" },
        { "DP1001", "[System.Obsolete(\"gone\", true)] public class Outer { [ExposureLogged] public interface [|IBad|] { void Run(); } }", "because it is obsolete as an error" },
        { "DP1002", "[ExposureLogged] public interface [|IBad|] { void Run(); } public class IBadExposureProxy { }", "'IBadExposureProxy' already has the name of its proxy" },
        { "DP1002", "[ExposureLogged] public interface [|IBad<T>|] { void Run(); } public class IBadExposureProxy<TOther> { }", "'IBadExposureProxy<TOther>' already has the name of its proxy" },
        { "DP1002", "[ExposureLogged] file interface [|IBad|] { void Run(); }", "'IBad' is local to its file" },
        { "DP1002", "public class Outer { [ExposureLogged] private interface [|IBad|] { void Run(); } }", "it is not accessible outside 'Outer', which is not partial" },
        { "DP1002", "public class Outer { [ExposureLogged] protected interface [|IBad|] { void Run(); } }", "it is not accessible outside 'Outer'" },
        { "DP1002", "public partial class Outer { private class Middle { [ExposureLogged] internal interface [|IBad|] { void Run(); } } }", "it is not accessible outside 'Middle'" },
        { "DP1002", "public partial class Outer<T> { [ExposureLogged] private interface [|IBad|] { void Run(); } }", "it is not accessible outside the generic type 'Outer'" },
        { "DP1002", "public partial class Outer { [ExposureLogged] private interface [|IBad<T>|] { void Run(); } }", "it is generic and not accessible where it would be closed" },
    };

    [Fact]
    public async Task A_project_of_contracts_needs_the_attributes_alone_and_its_other_errors_are_reported()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged] public interface IGood { decimal Price([ExposureSubject] string user); } [ExposureLogged] public interface IGood<T> { T Get([ExposureSubject] string user); } [ExposureLogged] public interface [|IBad|] { static abstract int Make(); }",
            new AnalyzedProject { HasRuntime = false });

        analyzed.Expect("DP1001");
        Assert.Empty(analyzed.Generated);
    }

    [Theory]
    [InlineData("[Exposed] int this[[ExposureSubject] string user, [ExposureAttribute(\"country\")] string [|country|]] { get; }", "'country' cannot be the attribute of 'this[]', because the exposure of an indexer records no attributes")]
    [InlineData("int Get([ExposureSubject] System.Text.StringBuilder [|user|]);", "StringBuilder is neither a string nor formattable")]
    public async Task A_tag_that_cannot_be_read_is_an_error(string member, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + $"[ExposureLogged] public interface IBad {{ {member} }}");

        analyzed.Expect("DP3002");
        Assert.Contains(message, analyzed.Diagnostics[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int Get([ExposureSubject] Gid user);")]
    [InlineData("int Get([ExposureTenant] Gid[] user, [ExposureSubject] System.Collections.Generic.List<Gid> other);")]
    [InlineData("int Get([ExposureSubject( string user);")]
    public async Task A_type_that_does_not_exist_is_the_compilers_error_alone(string member)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + $"[ExposureLogged] public interface IHalf {{ {member} }}", new AnalyzedProject { IsHalfTyped = true });

        Assert.DoesNotContain("DP3002", analyzed.Ids);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_the_generator_does_not_write_is_an_error_on_the_interface(string id, string source, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + source.Replace("IBad<T>|]", "IBad|]<T>", StringComparison.Ordinal));

        analyzed.Expect(id);
        Assert.Contains(message, analyzed.Diagnostics[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, analyzed.Diagnostics[0].Severity);
        Assert.Equal(0, analyzed.Proxies);
    }

    [Fact]
    public async Task An_init_accessor_is_a_warning_and_the_proxy_is_written()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + "[ExposureLogged] public interface [|IInitialized|] { int Value { get; init; } void Run(); }");

        analyzed.Expect("DP1003");
        Assert.Equal(DiagnosticSeverity.Warning, analyzed.Diagnostics[0].Severity);
        Assert.Equal(1, analyzed.Proxies);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Pointers_need_permission(bool allowUnsafe, int proxies)
    {
        const string library = "public unsafe interface INative { void Fill(int* place); delegate*<int, void> Callback { get; } int*[] Places { get; } }";

        var marked = allowUnsafe ? "IFilling" : "[|IFilling|]";
        var analyzed = await AnalyzerVerifier.OfAsync(Using + $"[ExposureLogged] public interface {marked} : INative;", new AnalyzedProject { LibrarySource = library, AllowUnsafe = allowUnsafe });

        analyzed.Expect(allowUnsafe ? [] : ["DP1004", "DP1004", "DP1004"]);
        Assert.Equal(proxies, analyzed.Proxies);
    }

    [Fact]
    public async Task A_member_inherited_from_another_assembly_is_reported_here()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            Using + "[ExposureLogged] public interface [|IDerived|] : IForeign;",
            "public interface IForeign { static abstract int Make(); protected void Inner(); internal void Hidden(); internal void Body() { } }");

        analyzed.Expect("DP1001", "DP1001", "DP1001");
        Assert.Equal(0, analyzed.Proxies);
    }

    [Theory]
    [InlineData("[ExperimentFramework.DataPlane.ExposureLogged] public interface IForeign { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); internal void Hidden([ExperimentFramework.DataPlane.ExposureSubject] string user); }", "DP1001")]
    [InlineData("[ExperimentFramework.DataPlane.ExposureLogged] public unsafe interface IForeign { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user, int* place); }", "DP1004")]
    [InlineData("[ExperimentFramework.DataPlane.ExposureLogged] public interface IForeign { void Run([ExperimentFramework.DataPlane.ExposureSubject] string user); }", null)]
    public async Task An_interface_of_another_assembly_is_looked_at_where_it_is_registered(string library, string? id)
    {
        var place = id is null ? "IForeign" : "[|IForeign|]";
        var analyzed = await AnalyzerVerifier.OfAsync(
            Using + $"public class R {{ void M(ExperimentFrameworkBuilder b, System.Action<TrialBuilder<IForeign>> t) => b.Trial<{place}>(t); }}", library);

        analyzed.Expect(id is null ? [] : [id]);
    }

    [Fact]
    public async Task Members_that_are_one_for_the_type_arguments_are_refused_each()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            Using + "public interface IBase<T> { void M(T x); void M(string x); } [ExposureLogged] public interface [|IBad|] : IBase<string> { }");

        analyzed.Expect("DP1001", "DP1001");
        Assert.Equal(0, analyzed.Proxies);
    }

    [Theory]
    [InlineData("public interface IBase<T> { void M<U>(U x, T y); void M<U>(U x, string y); } [ExposureLogged] public interface [|IBad|] : IBase<string> { }")]
    [InlineData("public interface IBase<T> { void M(T x); void M(dynamic x); } [ExposureLogged] public interface [|IBad|] : IBase<object> { }")]
    [InlineData("public interface IBase<T> { void M(System.Collections.Generic.List<T>[] x); void M(System.Collections.Generic.List<dynamic>[] x); } [ExposureLogged] public interface [|IBad|] : IBase<object> { }")]
    [InlineData("public interface IBase<T> { void M(T x); void M((int a, string b) x); } [ExposureLogged] public interface [|IBad|] : IBase<(int c, string? d)> { }")]
    public async Task Members_that_only_look_different_are_one(string source)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + source);

        analyzed.Expect("DP1001", "DP1001");
        Assert.Equal(0, analyzed.Proxies);
    }

    [Theory]
    [InlineData("[ExposureLogged] public unsafe interface [|IBad|] : IBase<int*[]> { }")]
    [InlineData("[ExposureLogged] public unsafe interface [|IBad|]<T> where T : IBase<int*[]> { void Run(); }")]
    [InlineData("[ExposureLogged] public unsafe interface [|IBad|] : Outer<int*[]>.IInner { } public class Outer<T> { public interface IInner { void M(); } }")]
    public async Task A_pointer_in_a_type_argument_of_a_base_interface_or_constraint_is_refused(string source)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(
            Using + source + " public interface IBase<T> { void M(); }",
            new AnalyzedProject { AllowUnsafe = true });

        analyzed.Expect("DP1001");
        Assert.Equal(0, analyzed.Proxies);
    }

    [Theory]
    [InlineData("[ExposureLogged] public interface IGood { static virtual int Shared => 1; const int Constant = 1; static int Own() => 1; private void Private() { } sealed void Sealed() { } protected void Body() { } internal void Inner(); class Nested { } }")]
    [InlineData("public interface IUntagged { static abstract int Make(); }")]
    [InlineData("public partial class Outer { [ExposureLogged] private interface IGood { void Run(); } }")]
    [InlineData("public class Outer<T> { [ExposureLogged] public interface IGood<TInner> { void Run(); } }")]
    [InlineData("public interface IRoot { void Run(); } [ExposureLogged] public interface IGood : IRoot { void IRoot.Run() { } void Other(); }")]
    [InlineData("[ExposureLogged] public interface IGood { void Take(string value); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void Take(string value, int more); }")]
    [InlineData("[ExposureLogged] public interface IGood { [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void Take(string value); }")]
    [InlineData("[ExposureLogged] public interface IGood { void Take(int value); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void Take(System.Guid value); }")]
    [InlineData("public interface IStatic { static abstract int X { get; } } [ExposureLogged] public interface IGood : IStatic { static int IStatic.X => 1; void Run(); }")]
    [InlineData("public interface IBase { protected void Inner(); } [ExposureLogged] public interface IGood : IBase { void IBase.Inner() { } void Run(); }")]
    [InlineData("[ExposureLogged] public interface IGood { string Run() => Hook(); protected string Hook() => \"default\"; }")]
    [InlineData("[ExposureLogged] public interface IGood { private string Own() => Hook(); protected string Hook() => \"default\"; sealed int Other() => 1; void M(); }")]
    [InlineData("[ExposureLogged] public interface IGood { sealed void operator +=(int by) { } void M(); }")]
    [InlineData("[ExposureLogged] public interface IGood { void M(System.Collections.Generic.List<int> x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(System.Collections.Generic.Dictionary<int, int> x); }")]
    [InlineData("[ExposureLogged] public interface IGood { void M(ref int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(int x); }")]
    [InlineData("[ExposureLogged] public interface IGood { void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(out int x); }")]
    [InlineData("[ExposureLogged] public interface IGood { void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M(params string[] x); }")]
    [InlineData("public interface IBase<T> { void M(T[] x); void M(string[,] x); } [ExposureLogged] public interface IGood : IBase<string> { }")]
    [InlineData("[ExposureLogged] public interface IGood { void M(int x); [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] void M<T>(System.Collections.Generic.List<T> x); }")]
    [InlineData("[ExposureLogged] public interface IGood { static string Label => nameof(Hook); protected string Hook() => \"\"; void M(); }")]
    [InlineData("[ExposureLogged] public interface IGood { protected string Key => \"\"; static int Size(string Key) => Key.Length; void M(); }")]
    public async Task Near_misses_are_carried(string source) => (await AnalyzerVerifier.OfAsync(Using + source)).Expect();

    [Fact]
    public async Task Suppression_is_honoured()
    {
        const string shape = "[ExposureLogged] public interface IInitialized { int Value { get; init; } void Run(); }";

        (await AnalyzerVerifier.OfAsync(Using + "\n#pragma warning disable DP1003\n" + shape)).Expect();
        (await AnalyzerVerifier.OfAsync(Using + "[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Shape\", \"DP1003\")] " + shape)).Expect();
        (await AnalyzerVerifier.OfAsync(Using + shape, new AnalyzedProject { EditorConfig = "DP1003 none" })).Expect();
        Assert.Equal(
            DiagnosticSeverity.Error,
            (await AnalyzerVerifier.OfAsync(Using + shape, new AnalyzedProject { EditorConfig = "DP1003 error" })).Diagnostics.Single().Severity);
    }

    [Fact]
    public async Task Generated_code_is_ignored() =>
        (await AnalyzerVerifier.OfAsync("// <auto-generated/>\n" + Using + "[ExposureLogged] public interface IInitialized { int Value { get; init; } void Run(); }", new AnalyzedProject { IsGenerated = true })).Expect();

    [Fact]
    public async Task The_part_that_is_tagged_is_the_place()
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + "public partial interface IParts { int Value { get; init; } } [ExposureLogged] public partial interface [|IParts|] { void Run(); }");

        analyzed.Expect("DP1003");
    }
}
