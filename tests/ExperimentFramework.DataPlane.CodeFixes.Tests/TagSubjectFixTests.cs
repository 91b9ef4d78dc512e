using ExperimentFramework.DataPlane.Analyzers;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class TagSubjectFixTests
{
    private const string Registration = "using ExperimentFramework.DataPlane; public class C { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>(\"b\")); }";

    [Fact]
    public Task A_reference_with_an_internal_type_of_the_same_name_does_not_matter() => CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.BesideCopiesFromAsync(
        Registration + " [ExposureLogged] public interface IA { void {|DP3001:Run|}(string userId); }",
        Registration + " [ExposureLogged] public interface IA { void Run([ExposureSubject] string userId); }");

    [Fact]
    public Task The_parameter_that_is_named_like_a_subject_is_tagged() => CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.FromAsync(
        [
            Registration,
            """
            using System;
            using ExperimentFramework.DataPlane;

            [ExposureLogged]
            public interface IA
            {
                /// <summary>One.</summary>
                void {|DP3001:One|}(string userId);

                void {|DP3001:Two|}(int number, /* who */ Guid customerId, string user);

                void {|DP3001:Three|}(
                    string session,
                    [ExposureAttribute("who")] in long? currentSubjectId,
                    out string subjectId);

                void {|DP3001:Four|}([ExposureAttribute] string visitor);

                void {|DP3001:Five|}(string session, Guid clientId, string userId);

                void {|DP3001:Six|}(string session, in Guid userId);

                void Tagged([ExposureSubject] string userId);
            }
            """,
        ],
        [
            Registration,
            """
            using System;
            using ExperimentFramework.DataPlane;

            [ExposureLogged]
            public interface IA
            {
                /// <summary>One.</summary>
                void One([ExposureSubject] string userId);

                void Two(int number, /* who */ [ExposureSubject] Guid customerId, string user);

                void Three(
                    [ExposureSubject] string session,
                    [ExposureAttribute("who")] in long? currentSubjectId,
                    out string subjectId);

                void Four([ExposureSubject][ExposureAttribute] string visitor);

                void Five(string session, Guid clientId, [ExposureSubject] string userId);

                void Six(string session, [ExposureSubject] in Guid userId);

                void Tagged([ExposureSubject] string userId);
            }
            """,
        ]);

    [Fact]
    public Task A_base_interface_in_a_document_without_the_namespace_gets_the_full_name() => CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.FromAsync(
        [
            Registration + " [ExposureLogged] public interface IA : IBase { }",
            """
            public interface IBase
            {
                [ExperimentFramework.DataPlane.NotExposed] int this[string user] { get; }

                void {|DP3001:Run|}(string user);
            }
            """,
        ],
        [
            Registration + " [ExposureLogged] public interface IA : IBase { }",
            """
            public interface IBase
            {
                [ExperimentFramework.DataPlane.NotExposed] int this[string user] { get; }

                void Run([ExperimentFramework.DataPlane.ExposureSubject] string user);
            }
            """,
        ]);

    [Fact]
    public Task All_members_of_a_contract_of_another_project_are_tagged() => CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.FromAsync(
        Registration.Replace("Trial<IA>", "Trial<{|DP3001:IA|}>", StringComparison.Ordinal),
        "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA { void One(string user); void Two(string userId, string session); [ExperimentFramework.DataPlane.NotExposed] void Three(string user); }",
        Registration,
        "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA { void One([ExperimentFramework.DataPlane.ExposureSubject] string user); void Two([ExperimentFramework.DataPlane.ExposureSubject] string userId, string session); [ExperimentFramework.DataPlane.NotExposed] void Three(string user); }");

    [Fact]
    public Task A_generic_base_that_a_contract_of_another_project_inherits_twice_is_tagged_once() => CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.FromAsync(
        Registration.Replace("Trial<IA>", "Trial<{|DP3001:IA|}>", StringComparison.Ordinal),
        "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA : IBase<int>, IBase<string> { } public interface IBase<T> { void Run(string userId, T value); }",
        Registration,
        "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA : IBase<int>, IBase<string> { } public interface IBase<T> { void Run([ExperimentFramework.DataPlane.ExposureSubject] string userId, T value); }");

    [Fact]
    public Task Nothing_is_offered_where_one_member_of_a_contract_would_stay_without()
    {
        const string Contract = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IA { void One(string user); void Two(string name); }";
        var registration = Registration.Replace("Trial<IA>", "Trial<{|DP3001:IA|}>", StringComparison.Ordinal);
        return CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.FromAsync(registration, Contract, registration, Contract);
    }

    [Theory]
    [InlineData("void {|DP3001:Run|}(string name);")]
    [InlineData("void {|DP3001:Run|}(string superUser);")]
    [InlineData("void {|DP3001:Run|}();")]
    [InlineData("void {|DP3001:Run|}(object userId, ref string user, bool subject);")]
    [InlineData("[Exposed] int {|DP3001:Property|} { get; }")]
    public Task Nothing_is_offered_where_no_parameter_can_be_one(string member) =>
        CodeFixVerifier<CompilationAnalyzer, TagSubjectFix>.NoneAsync(Registration + " [ExposureLogged] public interface IA { " + member + " }");
}
