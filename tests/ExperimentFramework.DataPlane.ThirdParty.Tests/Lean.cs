namespace ExperimentFramework.DataPlane.ThirdParty.Tests;

/// <summary>Interfaces that others wrote, with the lean proxy.</summary>
public static class Lean
{
    [ExposureLogged("lean-ITaggedDictionary")]
    public interface ITaggedDictionary : System.Collections.Generic.IDictionary<string, int>;

    [ExposureLogged("lean-ITaggedReadOnlyDictionary")]
    public interface ITaggedReadOnlyDictionary : System.Collections.Generic.IReadOnlyDictionary<string, int>;

    [ExposureLogged("lean-ITaggedList")]
    public interface ITaggedList : System.Collections.Generic.IList<int>;

    [ExposureLogged("lean-ITaggedSet")]
    public interface ITaggedSet : System.Collections.Generic.ISet<string>;

    [ExposureLogged("lean-ITaggedReadOnlySet")]
    public interface ITaggedReadOnlySet : System.Collections.Generic.IReadOnlySet<string>;

    [ExposureLogged("lean-ITaggedAsyncEnumerable")]
    public interface ITaggedAsyncEnumerable : System.Collections.Generic.IAsyncEnumerable<int>;

    [ExposureLogged("lean-ITaggedComparer")]
    public interface ITaggedComparer : System.Collections.Generic.IComparer<int>;

    [ExposureLogged("lean-ITaggedEqualityComparer")]
    public interface ITaggedEqualityComparer : System.Collections.Generic.IEqualityComparer<string>;

    [ExposureLogged("lean-ITaggedUntypedDictionary")]
    public interface ITaggedUntypedDictionary : System.Collections.IDictionary;

    [ExposureLogged("lean-ITaggedUntypedList")]
    public interface ITaggedUntypedList : System.Collections.IList;

    [ExposureLogged("lean-ITaggedLookup")]
    public interface ITaggedLookup : System.Linq.ILookup<string, int>;

    [ExposureLogged("lean-ITaggedQueryProvider")]
    public interface ITaggedQueryProvider : System.Linq.IQueryProvider;

    [ExposureLogged("lean-ITaggedObservable")]
    public interface ITaggedObservable : System.IObservable<int>;

    [ExposureLogged("lean-ITaggedObserver")]
    public interface ITaggedObserver : System.IObserver<string>;

    [ExposureLogged("lean-ITaggedFormattable")]
    public interface ITaggedFormattable : System.IFormattable;

    [ExposureLogged("lean-ITaggedSpanFormattable")]
    public interface ITaggedSpanFormattable : System.ISpanFormattable;

    [ExposureLogged("lean-ITaggedUtf8SpanFormattable")]
    public interface ITaggedUtf8SpanFormattable : System.IUtf8SpanFormattable;

    [ExposureLogged("lean-ITaggedConvertible")]
    public interface ITaggedConvertible : System.IConvertible;

    [ExposureLogged("lean-ITaggedServiceProvider")]
    public interface ITaggedServiceProvider : System.IServiceProvider;

    [ExposureLogged("lean-ITaggedProgress")]
    public interface ITaggedProgress : System.IProgress<int>;

    [ExposureLogged("lean-ITaggedDbConnection")]
    public interface ITaggedDbConnection : System.Data.IDbConnection;

    [ExposureLogged("lean-ITaggedDbCommand")]
    public interface ITaggedDbCommand : System.Data.IDbCommand;

    [ExposureLogged("lean-ITaggedDataReader")]
    public interface ITaggedDataReader : System.Data.IDataReader;

    [ExposureLogged("lean-ITaggedDataParameterCollection")]
    public interface ITaggedDataParameterCollection : System.Data.IDataParameterCollection;

    [ExposureLogged("lean-ITaggedBufferWriter")]
    public interface ITaggedBufferWriter : System.Buffers.IBufferWriter<byte>;

    [ExposureLogged("lean-ITaggedValueTaskSource")]
    public interface ITaggedValueTaskSource : System.Threading.Tasks.Sources.IValueTaskSource<int>;

    [ExposureLogged("lean-ITaggedNotifyDataErrorInfo")]
    public interface ITaggedNotifyDataErrorInfo : System.ComponentModel.INotifyDataErrorInfo;

    [ExposureLogged("lean-ITaggedBindingList")]
    public interface ITaggedBindingList : System.ComponentModel.IBindingList;

    [ExposureLogged("lean-ITaggedTypedList")]
    public interface ITaggedTypedList : System.ComponentModel.ITypedList;

    [ExposureLogged("lean-ITaggedWebProxy")]
    public interface ITaggedWebProxy : System.Net.IWebProxy;

    [ExposureLogged("lean-ITaggedPrincipal")]
    public interface ITaggedPrincipal : System.Security.Principal.IPrincipal;

    [ExposureLogged("lean-ITaggedXmlSerializable")]
    public interface ITaggedXmlSerializable : System.Xml.Serialization.IXmlSerializable;

    [ExposureLogged("lean-ITaggedLogger")]
    public interface ITaggedLogger : Microsoft.Extensions.Logging.ILogger;

    [ExposureLogged("lean-ITaggedLoggerFactory")]
    public interface ITaggedLoggerFactory : Microsoft.Extensions.Logging.ILoggerFactory;

    [ExposureLogged("lean-ITaggedConfigurationRoot")]
    public interface ITaggedConfigurationRoot : Microsoft.Extensions.Configuration.IConfigurationRoot;

    [ExposureLogged("lean-ITaggedOptionsMonitor")]
    public interface ITaggedOptionsMonitor : Microsoft.Extensions.Options.IOptionsMonitor<string>;

    [ExposureLogged("lean-ITaggedHostApplicationLifetime")]
    public interface ITaggedHostApplicationLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime;

    [ExposureLogged("lean-ITaggedFileProvider")]
    public interface ITaggedFileProvider : Microsoft.Extensions.FileProviders.IFileProvider;

    [ExposureLogged("lean-ITaggedMemoryCache")]
    public interface ITaggedMemoryCache : Microsoft.Extensions.Caching.Memory.IMemoryCache;

    [ExposureLogged("lean-ITaggedDistributedCache")]
    public interface ITaggedDistributedCache : Microsoft.Extensions.Caching.Distributed.IDistributedCache;

    [ExposureLogged("lean-ITaggedBufferDistributedCache")]
    public interface ITaggedBufferDistributedCache : Microsoft.Extensions.Caching.Distributed.IBufferDistributedCache;

    [ExposureLogged("lean-ITaggedKeyedServiceProvider")]
    public interface ITaggedKeyedServiceProvider : Microsoft.Extensions.DependencyInjection.IKeyedServiceProvider;

    [ExposureLogged("lean-ITaggedServiceCollection")]
    public interface ITaggedServiceCollection : Microsoft.Extensions.DependencyInjection.IServiceCollection;

    [ExposureLogged("lean-ITaggedApplicationBuilder")]
    public interface ITaggedApplicationBuilder : Microsoft.AspNetCore.Builder.IApplicationBuilder;

    [ExposureLogged("lean-ITaggedFormFile")]
    public interface ITaggedFormFile : Microsoft.AspNetCore.Http.IFormFile;

    [ExposureLogged("lean-ITaggedSession")]
    public interface ITaggedSession : Microsoft.AspNetCore.Http.ISession;

    [ExposureLogged("lean-ITaggedHeaderDictionary")]
    public interface ITaggedHeaderDictionary : Microsoft.AspNetCore.Http.IHeaderDictionary;

    [ExposureLogged("lean-ITaggedResponseCookies")]
    public interface ITaggedResponseCookies : Microsoft.AspNetCore.Http.IResponseCookies;

    [ExposureLogged("lean-ITaggedFeatureCollection")]
    public interface ITaggedFeatureCollection : Microsoft.AspNetCore.Http.Features.IFeatureCollection;

    [ExposureLogged("lean-ITaggedHttpResponseBodyFeature")]
    public interface ITaggedHttpResponseBodyFeature : Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature;

    [ExposureLogged("lean-ITaggedServer")]
    public interface ITaggedServer : Microsoft.AspNetCore.Hosting.Server.IServer;

    [ExposureLogged("lean-ITaggedAuthorizationService")]
    public interface ITaggedAuthorizationService : Microsoft.AspNetCore.Authorization.IAuthorizationService;

    [ExposureLogged("lean-ITaggedAuthenticationService")]
    public interface ITaggedAuthenticationService : Microsoft.AspNetCore.Authentication.IAuthenticationService;

    [ExposureLogged("lean-ITaggedDataProtector")]
    public interface ITaggedDataProtector : Microsoft.AspNetCore.DataProtection.IDataProtector;

    [ExposureLogged("lean-ITaggedUserPasswordStore")]
    public interface ITaggedUserPasswordStore : Microsoft.AspNetCore.Identity.IUserPasswordStore<string>;

    [ExposureLogged("lean-ITaggedUrlHelper")]
    public interface ITaggedUrlHelper : Microsoft.AspNetCore.Mvc.IUrlHelper;

    [ExposureLogged("lean-ITaggedModelBinder")]
    public interface ITaggedModelBinder : Microsoft.AspNetCore.Mvc.ModelBinding.IModelBinder;

    [ExposureLogged("lean-ITaggedHtmlGenerator")]
    public interface ITaggedHtmlGenerator : Microsoft.AspNetCore.Mvc.ViewFeatures.IHtmlGenerator;

    [ExposureLogged("lean-ITaggedEndpointRouteBuilder")]
    public interface ITaggedEndpointRouteBuilder : Microsoft.AspNetCore.Routing.IEndpointRouteBuilder;

    [ExposureLogged("lean-ITaggedJSRuntime")]
    public interface ITaggedJSRuntime : Microsoft.JSInterop.IJSRuntime;

    [ExposureLogged("lean-ITaggedJSObjectReference")]
    public interface ITaggedJSObjectReference : Microsoft.JSInterop.IJSObjectReference;

    [ExposureLogged("lean-ITaggedRedisDatabase")]
    public interface ITaggedRedisDatabase : StackExchange.Redis.IDatabase;

    [ExposureLogged("lean-ITaggedRedisServer")]
    public interface ITaggedRedisServer : StackExchange.Redis.IServer;

    [ExposureLogged("lean-ITaggedSubscriber")]
    public interface ITaggedSubscriber : StackExchange.Redis.ISubscriber;

    [ExposureLogged("lean-ITaggedBatch")]
    public interface ITaggedBatch : StackExchange.Redis.IBatch;

    [ExposureLogged("lean-ITaggedTransaction")]
    public interface ITaggedTransaction : StackExchange.Redis.ITransaction;

    [ExposureLogged("lean-ITaggedConnectionMultiplexer")]
    public interface ITaggedConnectionMultiplexer : StackExchange.Redis.IConnectionMultiplexer;

    [ExposureLogged("lean-ITaggedModel")]
    public interface ITaggedModel : Microsoft.EntityFrameworkCore.Metadata.IModel;

    [ExposureLogged("lean-ITaggedEntityType")]
    public interface ITaggedEntityType : Microsoft.EntityFrameworkCore.Metadata.IEntityType;

    [ExposureLogged("lean-ITaggedMutableEntityType")]
    public interface ITaggedMutableEntityType : Microsoft.EntityFrameworkCore.Metadata.IMutableEntityType;

    [ExposureLogged("lean-ITaggedConventionModel")]
    public interface ITaggedConventionModel : Microsoft.EntityFrameworkCore.Metadata.IConventionModel;

    [ExposureLogged("lean-ITaggedModelValidator")]
    public interface ITaggedModelValidator : Microsoft.EntityFrameworkCore.Infrastructure.IModelValidator;

    [ExposureLogged("lean-ITaggedEfDatabase")]
    public interface ITaggedEfDatabase : Microsoft.EntityFrameworkCore.Storage.IDatabase;

    [ExposureLogged("lean-ITaggedDbContextTransaction")]
    public interface ITaggedDbContextTransaction : Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction;

    [ExposureLogged("lean-ITaggedSaveChangesInterceptor")]
    public interface ITaggedSaveChangesInterceptor : Microsoft.EntityFrameworkCore.Diagnostics.ISaveChangesInterceptor;

    [ExposureLogged("lean-ITaggedAsyncQueryProvider")]
    public interface ITaggedAsyncQueryProvider : Microsoft.EntityFrameworkCore.Query.IAsyncQueryProvider;

    [ExposureLogged("lean-ITaggedProducer")]
    public interface ITaggedProducer : Confluent.Kafka.IProducer<string, byte[]>;

    [ExposureLogged("lean-ITaggedConsumer")]
    public interface ITaggedConsumer : Confluent.Kafka.IConsumer<string, byte[]>;

    [ExposureLogged("lean-ITaggedAdminClient")]
    public interface ITaggedAdminClient : Confluent.Kafka.IAdminClient;

    [ExposureLogged("lean-ITaggedSerializer")]
    public interface ITaggedSerializer : Confluent.Kafka.ISerializer<string>;

    [ExposureLogged("lean-ITaggedDeserializer")]
    public interface ITaggedDeserializer : Confluent.Kafka.IDeserializer<string>;

    [ExposureLogged("lean-ITaggedAsyncSerializer")]
    public interface ITaggedAsyncSerializer : Confluent.Kafka.IAsyncSerializer<string>;
}
