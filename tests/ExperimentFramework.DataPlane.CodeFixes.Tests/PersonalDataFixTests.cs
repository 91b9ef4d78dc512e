using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class PersonalDataFixTests
{
    private const string Registration = "using ExperimentFramework.DataPlane; public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }";

    private const string Wrong = """
        using ExperimentFramework.DataPlane;

        [ExposureLogged]
        public interface IA
        {
            void Run([ExposureSubject] string user, [ExposureAttribute] string {|DP3004:email|}, [ExposureAttribute("who" /* why */)] string {|DP3004:lastName|});

            void Walk(
                [ExposureSubject] string user,
                [ExposureAttribute()] string {|DP3004:phone|});
        }
        """;

    [Theory]
    [InlineData(PersonalDataFix.Redact, "true")]
    [InlineData(PersonalDataFix.Review, "false")]
    public Task An_attribute_is_declared_personal_or_marked_as_reviewed(string key, string value)
    {
        var test = new CodeFixVerifier<CompilationAnalyzer, PersonalDataFix> { CodeActionEquivalenceKey = key };
        test.TestState.Sources.Add(Registration);
        test.TestState.Sources.Add(Wrong);
        test.FixedState.Sources.Add(Registration);
        test.FixedState.Sources.Add($$"""
            using ExperimentFramework.DataPlane;

            [ExposureLogged]
            public interface IA
            {
                void Run([ExposureSubject] string user, [ExposureAttribute(Personal = {{value}})] string email, [ExposureAttribute("who" /* why */, Personal = {{value}})] string lastName);

                void Walk(
                    [ExposureSubject] string user,
                    [ExposureAttribute(Personal = {{value}})] string phone);
            }
            """);
        return test.RunAsync();
    }

    [Fact]
    public Task For_a_subject_there_is_an_option_and_no_fix() => CodeFixVerifier<CompilationAnalyzer, PersonalDataFix>.NoneAsync(
        Registration + " [ExposureLogged] public interface IA { void Run([ExposureSubject] string {|DP3004:email|}); }");
}
