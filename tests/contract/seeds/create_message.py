import os
from pprint import pprint

import bandwidth_messaging as bandwidth

# Defining the host is optional and defaults to http://localhost
# See configuration.py for a list of all supported configuration parameters.
configuration = bandwidth.Configuration(
    host = "http://localhost"
)
# The client must configure the authentication and authorization parameters
# in accordance with the API server security policy.
# Examples for each auth method are provided below, use the example that
# satisfies your auth use case.
# Configure HTTP basic authorization: Basic
configuration = bandwidth.Configuration(
    username = os.environ["USERNAME"],
    password = os.environ["PASSWORD"]
)
# Configure your client ID and secret for OAuth
configuration = bandwidth.Configuration(
    host = os.environ["HOST"],
    access_token_url = os.environ["ACCESS_TOKEN_URL"],
    client_id = os.environ["CLIENT_ID"],
    client_secret = os.environ["CLIENT_SECRET"]
)
# Enter a context with an instance of the API client
with bandwidth.ApiClient(configuration) as api_client:
    # Create an instance of the API class
    api_instance = bandwidth.MessagesApi(api_client)
    account_id = '9900000' # str | Your Bandwidth Account ID.
    message_request = bandwidth.MessageRequest(application_id=os.environ["APPLICATION_ID"], to=["+15552345678"], var_from="+15557654321", text="Hello") # MessageRequest |
    try:
        # Create Message
        api_response = api_instance.create_message(account_id, message_request)
        print("The response of MessagesApi->create_message:\n")
        pprint(api_response)
    except Exception as e:
        print("Exception when calling MessagesApi->create_message: %s\n" % e)
