#pragma warning disable DP2011 // The interfaces of other libraries are as they are; what their enumerators do later is not observed.

namespace ExperimentFramework.DataPlane.ThirdParty.Tests;

/// <summary>The interfaces of <see cref="Lean"/>, and those that have only properties, with code that runs after the call.</summary>
public static class Observed
{
    [ExposureLogged("observed-ITaggedDictionary", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDictionary : System.Collections.Generic.IDictionary<string, int>;

    [ExposureLogged("observed-ITaggedReadOnlyDictionary", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedReadOnlyDictionary : System.Collections.Generic.IReadOnlyDictionary<string, int>;

    [ExposureLogged("observed-ITaggedList", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedList : System.Collections.Generic.IList<int>;

    [ExposureLogged("observed-ITaggedSet", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSet : System.Collections.Generic.ISet<string>;

    [ExposureLogged("observed-ITaggedReadOnlySet", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedReadOnlySet : System.Collections.Generic.IReadOnlySet<string>;

    [ExposureLogged("observed-ITaggedAsyncEnumerable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAsyncEnumerable : System.Collections.Generic.IAsyncEnumerable<int>;

    [ExposureLogged("observed-ITaggedComparer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedComparer : System.Collections.Generic.IComparer<int>;

    [ExposureLogged("observed-ITaggedEqualityComparer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedEqualityComparer : System.Collections.Generic.IEqualityComparer<string>;

    [ExposureLogged("observed-ITaggedUntypedDictionary", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedUntypedDictionary : System.Collections.IDictionary;

    [ExposureLogged("observed-ITaggedUntypedList", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedUntypedList : System.Collections.IList;

    [ExposureLogged("observed-ITaggedLookup", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedLookup : System.Linq.ILookup<string, int>;

    [ExposureLogged("observed-ITaggedQueryProvider", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedQueryProvider : System.Linq.IQueryProvider;

    [ExposureLogged("observed-ITaggedObservable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedObservable : System.IObservable<int>;

    [ExposureLogged("observed-ITaggedObserver", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedObserver : System.IObserver<string>;

    [ExposureLogged("observed-ITaggedFormattable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedFormattable : System.IFormattable;

    [ExposureLogged("observed-ITaggedSpanFormattable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSpanFormattable : System.ISpanFormattable;

    [ExposureLogged("observed-ITaggedUtf8SpanFormattable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedUtf8SpanFormattable : System.IUtf8SpanFormattable;

    [ExposureLogged("observed-ITaggedConvertible", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedConvertible : System.IConvertible;

    [ExposureLogged("observed-ITaggedServiceProvider", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedServiceProvider : System.IServiceProvider;

    [ExposureLogged("observed-ITaggedProgress", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedProgress : System.IProgress<int>;

    [ExposureLogged("observed-ITaggedDbConnection", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDbConnection : System.Data.IDbConnection;

    [ExposureLogged("observed-ITaggedDbCommand", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDbCommand : System.Data.IDbCommand;

    [ExposureLogged("observed-ITaggedDataReader", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDataReader : System.Data.IDataReader;

    [ExposureLogged("observed-ITaggedDataParameterCollection", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDataParameterCollection : System.Data.IDataParameterCollection;

    [ExposureLogged("observed-ITaggedBufferWriter", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedBufferWriter : System.Buffers.IBufferWriter<byte>;

    [ExposureLogged("observed-ITaggedValueTaskSource", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedValueTaskSource : System.Threading.Tasks.Sources.IValueTaskSource<int>;

    [ExposureLogged("observed-ITaggedNotifyDataErrorInfo", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedNotifyDataErrorInfo : System.ComponentModel.INotifyDataErrorInfo;

    [ExposureLogged("observed-ITaggedBindingList", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedBindingList : System.ComponentModel.IBindingList;

    [ExposureLogged("observed-ITaggedTypedList", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedTypedList : System.ComponentModel.ITypedList;

    [ExposureLogged("observed-ITaggedWebProxy", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedWebProxy : System.Net.IWebProxy;

    [ExposureLogged("observed-ITaggedPrincipal", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedPrincipal : System.Security.Principal.IPrincipal;

    [ExposureLogged("observed-ITaggedXmlSerializable", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedXmlSerializable : System.Xml.Serialization.IXmlSerializable;

    [ExposureLogged("observed-ITaggedTuple", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedTuple : System.Runtime.CompilerServices.ITuple;

    [ExposureLogged("observed-ITaggedStrongBox", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedStrongBox : System.Runtime.CompilerServices.IStrongBox;

    [ExposureLogged("observed-ITaggedLogger", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedLogger : Microsoft.Extensions.Logging.ILogger;

    [ExposureLogged("observed-ITaggedLoggerFactory", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedLoggerFactory : Microsoft.Extensions.Logging.ILoggerFactory;

    [ExposureLogged("observed-ITaggedConfigurationRoot", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedConfigurationRoot : Microsoft.Extensions.Configuration.IConfigurationRoot;

    [ExposureLogged("observed-ITaggedOptionsMonitor", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedOptionsMonitor : Microsoft.Extensions.Options.IOptionsMonitor<string>;

    [ExposureLogged("observed-ITaggedHostApplicationLifetime", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedHostApplicationLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime;

    [ExposureLogged("observed-ITaggedFileProvider", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedFileProvider : Microsoft.Extensions.FileProviders.IFileProvider;

    [ExposureLogged("observed-ITaggedMemoryCache", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedMemoryCache : Microsoft.Extensions.Caching.Memory.IMemoryCache;

    [ExposureLogged("observed-ITaggedDistributedCache", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDistributedCache : Microsoft.Extensions.Caching.Distributed.IDistributedCache;

    [ExposureLogged("observed-ITaggedBufferDistributedCache", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedBufferDistributedCache : Microsoft.Extensions.Caching.Distributed.IBufferDistributedCache;

    [ExposureLogged("observed-ITaggedKeyedServiceProvider", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedKeyedServiceProvider : Microsoft.Extensions.DependencyInjection.IKeyedServiceProvider;

    [ExposureLogged("observed-ITaggedServiceCollection", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedServiceCollection : Microsoft.Extensions.DependencyInjection.IServiceCollection;

    [ExposureLogged("observed-ITaggedApplicationBuilder", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedApplicationBuilder : Microsoft.AspNetCore.Builder.IApplicationBuilder;

    [ExposureLogged("observed-ITaggedFormFile", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedFormFile : Microsoft.AspNetCore.Http.IFormFile;

    [ExposureLogged("observed-ITaggedSession", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSession : Microsoft.AspNetCore.Http.ISession;

    [ExposureLogged("observed-ITaggedHeaderDictionary", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedHeaderDictionary : Microsoft.AspNetCore.Http.IHeaderDictionary;

    [ExposureLogged("observed-ITaggedResponseCookies", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedResponseCookies : Microsoft.AspNetCore.Http.IResponseCookies;

    [ExposureLogged("observed-ITaggedFeatureCollection", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedFeatureCollection : Microsoft.AspNetCore.Http.Features.IFeatureCollection;

    [ExposureLogged("observed-ITaggedHttpResponseBodyFeature", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedHttpResponseBodyFeature : Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature;

    [ExposureLogged("observed-ITaggedServer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedServer : Microsoft.AspNetCore.Hosting.Server.IServer;

    [ExposureLogged("observed-ITaggedAuthorizationService", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAuthorizationService : Microsoft.AspNetCore.Authorization.IAuthorizationService;

    [ExposureLogged("observed-ITaggedAuthenticationService", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAuthenticationService : Microsoft.AspNetCore.Authentication.IAuthenticationService;

    [ExposureLogged("observed-ITaggedDataProtector", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDataProtector : Microsoft.AspNetCore.DataProtection.IDataProtector;

    [ExposureLogged("observed-ITaggedUserPasswordStore", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedUserPasswordStore : Microsoft.AspNetCore.Identity.IUserPasswordStore<string>;

    [ExposureLogged("observed-ITaggedUrlHelper", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedUrlHelper : Microsoft.AspNetCore.Mvc.IUrlHelper;

    [ExposureLogged("observed-ITaggedModelBinder", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedModelBinder : Microsoft.AspNetCore.Mvc.ModelBinding.IModelBinder;

    [ExposureLogged("observed-ITaggedHtmlGenerator", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedHtmlGenerator : Microsoft.AspNetCore.Mvc.ViewFeatures.IHtmlGenerator;

    [ExposureLogged("observed-ITaggedEndpointRouteBuilder", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedEndpointRouteBuilder : Microsoft.AspNetCore.Routing.IEndpointRouteBuilder;

    [ExposureLogged("observed-ITaggedHubContext", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedHubContext : Microsoft.AspNetCore.SignalR.IHubContext<Microsoft.AspNetCore.SignalR.Hub>;

    [ExposureLogged("observed-ITaggedJSRuntime", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedJSRuntime : Microsoft.JSInterop.IJSRuntime;

    [ExposureLogged("observed-ITaggedJSObjectReference", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedJSObjectReference : Microsoft.JSInterop.IJSObjectReference;

    [ExposureLogged("observed-ITaggedRedisDatabase", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedRedisDatabase : StackExchange.Redis.IDatabase;

    [ExposureLogged("observed-ITaggedRedisServer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedRedisServer : StackExchange.Redis.IServer;

    [ExposureLogged("observed-ITaggedSubscriber", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSubscriber : StackExchange.Redis.ISubscriber;

    [ExposureLogged("observed-ITaggedBatch", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedBatch : StackExchange.Redis.IBatch;

    [ExposureLogged("observed-ITaggedTransaction", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedTransaction : StackExchange.Redis.ITransaction;

    [ExposureLogged("observed-ITaggedConnectionMultiplexer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedConnectionMultiplexer : StackExchange.Redis.IConnectionMultiplexer;

    [ExposureLogged("observed-ITaggedModel", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedModel : Microsoft.EntityFrameworkCore.Metadata.IModel;

    [ExposureLogged("observed-ITaggedEntityType", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedEntityType : Microsoft.EntityFrameworkCore.Metadata.IEntityType;

    [ExposureLogged("observed-ITaggedMutableEntityType", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedMutableEntityType : Microsoft.EntityFrameworkCore.Metadata.IMutableEntityType;

    [ExposureLogged("observed-ITaggedConventionModel", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedConventionModel : Microsoft.EntityFrameworkCore.Metadata.IConventionModel;

    [ExposureLogged("observed-ITaggedModelValidator", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedModelValidator : Microsoft.EntityFrameworkCore.Infrastructure.IModelValidator;

    [ExposureLogged("observed-ITaggedEfDatabase", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedEfDatabase : Microsoft.EntityFrameworkCore.Storage.IDatabase;

    [ExposureLogged("observed-ITaggedDbContextTransaction", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDbContextTransaction : Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction;

    [ExposureLogged("observed-ITaggedSaveChangesInterceptor", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSaveChangesInterceptor : Microsoft.EntityFrameworkCore.Diagnostics.ISaveChangesInterceptor;

    [ExposureLogged("observed-ITaggedAsyncQueryProvider", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAsyncQueryProvider : Microsoft.EntityFrameworkCore.Query.IAsyncQueryProvider;

    [ExposureLogged("observed-ITaggedProducer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedProducer : Confluent.Kafka.IProducer<string, byte[]>;

    [ExposureLogged("observed-ITaggedConsumer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedConsumer : Confluent.Kafka.IConsumer<string, byte[]>;

    [ExposureLogged("observed-ITaggedAdminClient", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAdminClient : Confluent.Kafka.IAdminClient;

    [ExposureLogged("observed-ITaggedSerializer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedSerializer : Confluent.Kafka.ISerializer<string>;

    [ExposureLogged("observed-ITaggedDeserializer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedDeserializer : Confluent.Kafka.IDeserializer<string>;

    [ExposureLogged("observed-ITaggedAsyncSerializer", FallbackToControl = true, RecordOutcomes = true, ExposeProperties = true, AwaitAssignment = true)]
    public interface ITaggedAsyncSerializer : Confluent.Kafka.IAsyncSerializer<string>;
}
