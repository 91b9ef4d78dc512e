namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP3004 and DP3005.</summary>
public sealed class PersonalDataTests
{
    private const string Using = """
        using System;
        using System.Collections.Generic;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Compliance.Classification;

        """;

    private const string Registration = """

        public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<IA>(t => t.AddControl<IA>().AddVariant<IA>("b")); }
        public sealed class PrivateAttribute : DataClassificationAttribute;
        public readonly struct EmailAddress { }
        public enum PhoneKind { Mobile }
        namespace Microsoft.Extensions.Compliance.Classification
        {
            public class DataClassificationAttribute : Attribute;
            public sealed class NoDataClassificationAttribute : DataClassificationAttribute;
            public readonly struct CardNumber { }
        }
        """;

    [Theory]
    [InlineData("string email")]
    [InlineData("string customerEmail")]
    [InlineData("string e_mail")]
    [InlineData("string EMailAddress")]
    [InlineData("string phoneNumber")]
    [InlineData("long phone")]
    [InlineData("string name")]
    [InlineData("string billingContactName")]
    [InlineData("string firstName")]
    [InlineData("string surname")]
    [InlineData("string shippingAddress")]
    [InlineData("DateOnly birthDate")]
    [InlineData("DateOnly? dateOfBirth")]
    [InlineData("string cardNumber")]
    [InlineData("string ssn")]
    [InlineData("string socialSecurityNumber")]
    [InlineData("string clientIp")]
    [InlineData("string IPAddress")]
    [InlineData("System.Net.IPAddress client")]
    [InlineData("System.Net.Mail.MailAddress to")]
    [InlineData("EmailAddress to")]
    [InlineData("string[] emails")]
    public async Task An_attribute_that_says_personal_data_is_reported(string parameter)
    {
        var name = parameter.Split(' ')[^1];

        (await Of($"[ExposureAttribute] {parameter[..^name.Length]}[|{name}|]")).Expect("DP3004");
        (await Of($"[ExposureAttribute(\"x\")] {parameter[..^name.Length]}[|{name}|]")).Expect("DP3004");
    }

    [Theory]
    [InlineData("[ExposureAttribute] string country")]
    [InlineData("[ExposureAttribute] string planName")]
    [InlineData("[ExposureAttribute] string customerPlanName")]
    [InlineData("[ExposureAttribute] string fileName")]
    [InlineData("[ExposureAttribute] bool hasEmail")]
    [InlineData("[ExposureAttribute] bool? emailVerified")]
    [InlineData("[ExposureAttribute] int emailCount")]
    [InlineData("[ExposureAttribute] PhoneKind phone")]
    [InlineData("[ExposureAttribute] string phoneModel")]
    [InlineData("[ExposureAttribute] string zip")]
    [InlineData("[ExposureAttribute] string ipFamily")]
    [InlineData("[ExposureAttribute] string scorecard")]
    [InlineData("[ExposureAttribute] string recipe")]
    [InlineData("string email")]
    [InlineData("[ExposureTenant] string name")]
    [InlineData("[ExposureAttribute(Personal = true)] string email")]
    [InlineData("[ExposureAttribute(Personal = false)] string email")]
    [InlineData("[ExposureAttribute, Private] string email")]
    [InlineData("[ExposureAttribute, NoDataClassification] string email")]
    public async Task What_is_not_personal_not_captured_declared_or_reviewed_is_not(string parameter) => (await Of(parameter)).Expect();

    [Theory]
    [InlineData("o.PiiRedaction.RedactFields.Add(\"EMAIL\")")]
    [InlineData("o.PiiRedaction.Fields.Add(\"email\", RedactionMode.Omit)")]
    [InlineData("o.PiiRedaction.Fields[\"email\"] = RedactionMode.Pseudonym")]
    [InlineData("{ var r = new PiiRedactionOptions { Fields = { { \"email\", RedactionMode.Omit } } }; }")]
    [InlineData("o.PiiRedaction.Fields[nameof(o).Length.ToString()] = RedactionMode.Pseudonym")]
    [InlineData("{ var r = o.PiiRedaction; r.RedactFields.Add(Email); }")]
    [InlineData("Names.ForEach(o.PiiRedaction.RedactFields.Add)")]
    [InlineData("Redact(o.PiiRedaction)")]
    [InlineData("Fill(o)")]
    public async Task A_rule_of_the_compilation_covers_it_and_one_that_cannot_be_read_may(string rule) =>
        (await Of("[ExposureAttribute] string email", rule)).Expect();

    [Theory]
    [InlineData("o.PiiRedaction.RedactFields.Add(\"phone\")")]
    [InlineData("{ var r = new PiiRedactionOptions { Fields = { { \"phone\", RedactionMode.Omit } } }; }")]
    [InlineData("o.PiiRedaction.SubjectId = RedactionMode.Pseudonym")]
    public async Task A_rule_for_another_field_does_not(string rule) => (await Of("[ExposureAttribute] string [|email|]", rule)).Expect("DP3004");

    [Fact]
    public async Task A_rule_goes_by_the_attributes_name_and_not_the_parameters()
    {
        (await Of("[ExposureAttribute(\"email\")] string contact", "o.PiiRedaction.RedactFields.Add(\"email\")")).Expect();
        (await Of("[ExposureAttribute(\"email\")] string [|contact|]", "o.PiiRedaction.RedactFields.Add(\"contact\")")).Expect("DP3004");
        (await Of("[ExposureAttribute(\"contact\")] string email", "o.PiiRedaction.Fields[\"contact\"] = RedactionMode.Omit")).Expect();
        (await Of("[ExposureAttribute(\"contact\")] string [|email|]", "o.PiiRedaction.Fields[\"email\"] = RedactionMode.Omit")).Expect("DP3004");
    }

    [Fact]
    public async Task Names_of_types_of_the_system_say_nothing()
    {
        (await Of("[ExposureAttribute] System.Net.NetworkInformation.PhysicalAddress source")).Expect();
        (await Of("[ExposureAttribute] Microsoft.Extensions.Compliance.Classification.CardNumber source")).Expect();
    }

    [Fact]
    public async Task A_subject_is_covered_by_its_option()
    {
        (await Of("", subject: "string [|email|]")).Expect("DP3004");
        (await Of("", subject: "[Private] string [|visitor|]")).Expect("DP3004");
        (await Of("", subject: "[NoDataClassification] string email")).Expect();
        (await Of("", subject: "[Private, NoDataClassification] string [|visitor|]")).Expect("DP3004");
        (await Of("", subject: "[NoDataClassification, Private] string [|visitor|]")).Expect("DP3004");
        (await Of("", "o.PiiRedaction.SubjectId = RedactionMode.Pseudonym", "string email")).Expect();
        (await Of("", "o.PiiRedaction.SubjectId = RedactionMode.None", "string [|email|]")).Expect("DP3004");
        (await Of("", "o.PiiRedaction.SubjectId = Mode()", "string email")).Expect();
        (await Of("", "o.PiiRedaction.Fields[\"SubjectId\"] = RedactionMode.Pseudonym", "string email")).Expect();
        (await Of("", "o.PiiRedaction.SubjectId = RedactionMode.Pseudonym", "[ExposureAttribute] string [|email|]")).Expect("DP3004");
    }

    [Fact]
    public async Task A_library_of_contracts_hears_nothing_and_who_registers_it_hears_it_there()
    {
        const string contracts = "using ExperimentFramework.DataPlane; [ExposureLogged] public interface IFar { void Run([ExposureSubject] string user, [ExposureAttribute] string email, [ExposureAttribute] string phone); }";

        (await AnalyzerVerifier.OfProgramAsync(contracts)).Expect();
        (await AnalyzerVerifier.OfProgramAsync(Using.Replace("using Microsoft.Extensions.Compliance.Classification;", "", StringComparison.Ordinal)
            + "public class R { void M(ExperimentFrameworkBuilder b) => b.Trial<[|IFar|]>(t => t.AddControl<IFar>().AddVariant<IFar>(\"b\")); }", contracts)).Expect("DP3004");
    }

    [Theory]
    [InlineData("o.PiiRedaction.SubjectId = [|RedactionMode.Placeholder|]")]
    [InlineData("o.PiiRedaction.Fields[\"SubjectId\"] = [|RedactionMode.Placeholder|]")]
    [InlineData("o.PiiRedaction.Fields.Add(\"subjectId\", [|RedactionMode.Placeholder|])")]
    [InlineData("o.PiiRedaction.RedactFields.Add([|\"subjectid\"|])")]
    [InlineData("{ var r = new PiiRedactionOptions { RedactFields = { \"a\", [|\"subjectId\"|] } }; }")]
    [InlineData("{ var r = new PiiRedactionOptions { SubjectId = [|(RedactionMode)1|] }; }")]
    [InlineData("{ var r = new PiiRedactionOptions { Fields = { [\"subjectId\"] = [|RedactionMode.Placeholder|] } }; }")]
    public async Task Subjects_under_a_placeholder_are_reported(string rule) => (await Of("", rule)).Expect("DP3005");

    [Theory]
    [InlineData("o.PiiRedaction.SubjectId = RedactionMode.Pseudonym")]
    [InlineData("o.PiiRedaction.SubjectId = RedactionMode.Omit")]
    [InlineData("o.PiiRedaction.SubjectId = Mode()")]
    [InlineData("o.PiiRedaction.TenantId = RedactionMode.Placeholder")]
    [InlineData("o.PiiRedaction.Fields[\"subjectType\"] = RedactionMode.Placeholder")]
    [InlineData("o.PiiRedaction.RedactFields.Add(\"subject\")")]
    [InlineData("new List<string>().Add(\"subjectId\")")]
    [InlineData("new Own().SubjectId = RedactionMode.Placeholder")]
    public async Task Other_rules_are_not(string rule) => (await Of("", rule)).Expect();

    private static Task<AnalyzerVerifier> Of(string parameter, string rule = "{ }", string subject = "string user") => AnalyzerVerifier.OfProgramAsync(
        Using
        + $"[ExposureLogged] public interface IA {{ void Run([ExposureSubject] {subject}{(parameter.Length == 0 ? "" : ", " + parameter)}); }}\n"
        + $$"""
        public class Options
        {
            private const string Email = "email";
            private static readonly List<string> Names = [];
            private sealed class Own { public RedactionMode SubjectId { get; set; } }
            private static RedactionMode Mode() => RedactionMode.Placeholder;
            private static void Redact(PiiRedactionOptions options) { }
            private static void Fill<T>(T options) { }
            void M(IServiceCollection s) => s.AddDataBackplane(o => {{rule}});
        }
        """
        + Registration);
}
